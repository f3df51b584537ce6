// Original file: nightshift/v1/training.proto

/**
 * The update rule of a training.
 */
export const Optimizer = {
  /**
   * Not given: the first configure_training takes OPTIMIZER_ADAM, later ones keep what there is.
   */
  OPTIMIZER_UNSPECIFIED: 'OPTIMIZER_UNSPECIFIED',
  /**
   * Stochastic gradient descent with momentum 0.9; weight_decay is added to the gradient (L2).
   */
  OPTIMIZER_SGD: 'OPTIMIZER_SGD',
  /**
   * Adam with betas 0.9 and 0.999 and epsilon 1e-8; weight_decay is added to the gradient (L2).
   */
  OPTIMIZER_ADAM: 'OPTIMIZER_ADAM',
  /**
   * Adam with decoupled weight decay: weights shrink by learning_rate x weight_decay in each step.
   */
  OPTIMIZER_ADAMW: 'OPTIMIZER_ADAMW',
} as const;

/**
 * The update rule of a training.
 */
export type Optimizer =
  /**
   * Not given: the first configure_training takes OPTIMIZER_ADAM, later ones keep what there is.
   */
  | 'OPTIMIZER_UNSPECIFIED'
  | 0
  /**
   * Stochastic gradient descent with momentum 0.9; weight_decay is added to the gradient (L2).
   */
  | 'OPTIMIZER_SGD'
  | 1
  /**
   * Adam with betas 0.9 and 0.999 and epsilon 1e-8; weight_decay is added to the gradient (L2).
   */
  | 'OPTIMIZER_ADAM'
  | 2
  /**
   * Adam with decoupled weight decay: weights shrink by learning_rate x weight_decay in each step.
   */
  | 'OPTIMIZER_ADAMW'
  | 3

/**
 * The update rule of a training.
 */
export type Optimizer__Output = typeof Optimizer[keyof typeof Optimizer]
