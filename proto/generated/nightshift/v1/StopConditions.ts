// Original file: nightshift/v1/training.proto


/**
 * Optional conditions that end a run_epochs call before its last epoch. Divergence always ends it.
 */
export interface StopConditions {
  /**
   * Stop when this many epochs in a row of this call had no validation loss below the episode's best; 1..20.
   */
  'patience_epochs'?: (number);
  /**
   * Stop when an epoch's validation accuracy is at least this; above 0, at most 1.
   */
  'val_accuracy'?: (number | string);
  '_patience_epochs'?: "patience_epochs";
  '_val_accuracy'?: "val_accuracy";
}

/**
 * Optional conditions that end a run_epochs call before its last epoch. Divergence always ends it.
 */
export interface StopConditions__Output {
  /**
   * Stop when this many epochs in a row of this call had no validation loss below the episode's best; 1..20.
   */
  'patience_epochs'?: (number);
  /**
   * Stop when an epoch's validation accuracy is at least this; above 0, at most 1.
   */
  'val_accuracy'?: (number);
  '_patience_epochs'?: "patience_epochs";
  '_val_accuracy'?: "val_accuracy";
}
