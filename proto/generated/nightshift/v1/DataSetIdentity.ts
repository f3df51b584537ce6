// Original file: nightshift/v1/training.proto


/**
 * Which images the episode is drawn from.
 */
export interface DataSetIdentity {
  /**
   * "mnist", "fashion-mnist", "cifar-10", or "synthetic-..." for drawn ones.
   */
  'name'?: (string);
  /**
   * "sha256:" and the digest of every image and label.
   */
  'digest'?: (string);
  /**
   * Training images of this episode.
   */
  'train_images'?: (number);
  /**
   * Validation images of this episode.
   */
  'validation_images'?: (number);
}

/**
 * Which images the episode is drawn from.
 */
export interface DataSetIdentity__Output {
  /**
   * "mnist", "fashion-mnist", "cifar-10", or "synthetic-..." for drawn ones.
   */
  'name': (string);
  /**
   * "sha256:" and the digest of every image and label.
   */
  'digest': (string);
  /**
   * Training images of this episode.
   */
  'train_images': (number);
  /**
   * Validation images of this episode.
   */
  'validation_images': (number);
}
