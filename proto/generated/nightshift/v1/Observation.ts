// Original file: nightshift/v1/episode.proto

import type { TrainingObservation as _nightshift_v1_TrainingObservation, TrainingObservation__Output as _nightshift_v1_TrainingObservation__Output } from '../../nightshift/v1/TrainingObservation.js';
import type { SreObservation as _nightshift_v1_SreObservation, SreObservation__Output as _nightshift_v1_SreObservation__Output } from '../../nightshift/v1/SreObservation.js';
import type { FlatObservation as _nightshift_v1_FlatObservation, FlatObservation__Output as _nightshift_v1_FlatObservation__Output } from '../../nightshift/v1/FlatObservation.js';

/**
 * An observation in the forms that the session asked for. Equal seeds and actions give equal bytes: nothing volatile stands inside.
 */
export interface Observation {
  /**
   * VIEW_TYPED of the training environment.
   */
  'training'?: (_nightshift_v1_TrainingObservation | null);
  /**
   * VIEW_TYPED of the SRE environment.
   */
  'sre'?: (_nightshift_v1_SreObservation | null);
  /**
   * VIEW_FLAT.
   */
  'flat'?: (_nightshift_v1_FlatObservation | null);
  /**
   * VIEW_TEXT: under 4 kB.
   */
  'text'?: (string);
  '_training'?: "training";
  '_sre'?: "sre";
  '_flat'?: "flat";
  '_text'?: "text";
}

/**
 * An observation in the forms that the session asked for. Equal seeds and actions give equal bytes: nothing volatile stands inside.
 */
export interface Observation__Output {
  /**
   * VIEW_TYPED of the training environment.
   */
  'training'?: (_nightshift_v1_TrainingObservation__Output | null);
  /**
   * VIEW_TYPED of the SRE environment.
   */
  'sre'?: (_nightshift_v1_SreObservation__Output | null);
  /**
   * VIEW_FLAT.
   */
  'flat'?: (_nightshift_v1_FlatObservation__Output | null);
  /**
   * VIEW_TEXT: under 4 kB.
   */
  'text'?: (string);
  '_training'?: "training";
  '_sre'?: "sre";
  '_flat'?: "flat";
  '_text'?: "text";
}
