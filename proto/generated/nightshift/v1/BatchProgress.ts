// Original file: nightshift/v1/training.proto


/**
 * Progress inside a running epoch.
 */
export interface BatchProgress {
  /**
   * Epoch that is running: current_epoch + 1.
   */
  'epoch'?: (number);
  /**
   * Steps done in it.
   */
  'batch'?: (number);
  /**
   * Steps it has.
   */
  'batches'?: (number);
  /**
   * Mean loss of the steps so far; absent when not finite.
   */
  'train_loss'?: (number | string);
  '_train_loss'?: "train_loss";
}

/**
 * Progress inside a running epoch.
 */
export interface BatchProgress__Output {
  /**
   * Epoch that is running: current_epoch + 1.
   */
  'epoch': (number);
  /**
   * Steps done in it.
   */
  'batch': (number);
  /**
   * Steps it has.
   */
  'batches': (number);
  /**
   * Mean loss of the steps so far; absent when not finite.
   */
  'train_loss'?: (number);
  '_train_loss'?: "train_loss";
}
