/** Every callback_id, block_id and action_id, once. Bolt routes on them. */

export const commandName = '/benchmark';

export const callbacks = {
  dataset: 'wizard_dataset',
  reading: 'wizard_reading',
  columns: 'wizard_columns',
  choices: 'wizard_choices',
  review: 'wizard_review',
  manualChoice: 'manual_choice',
} as const;

export const actions = {
  wizardBack: 'wizard_back',
  cancel: 'benchmark_cancel',
  vote: 'ballot_vote',
  useTop: 'decide_top',
  chooseAnother: 'decide_manual',
  stop: 'decide_stop',
} as const;

/** Blocks of the modals; each holds one element whose action_id is `value`. */
export const blocks = {
  file: 'file',
  knownDataset: 'known_dataset',
  textColumn: 'text_column',
  idColumn: 'id_column',
  languageColumn: 'language_column',
  annotationColumn: 'annotation_column',
  labelColumns: 'label_columns',
  models: 'models',
  hubModels: 'hub_models',
  otherModels: 'other_models',
  categories: 'categories',
  languages: 'languages',
  mode: 'mode',
  model: 'model',
  reason: 'reason',
} as const;

export const valueAction = 'value';
