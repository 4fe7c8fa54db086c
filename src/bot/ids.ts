/** Every callback_id, block_id and action_id, once. Bolt routes on them. */

export const commandName = '/benchmark';

export const callbacks = {
  dataset: 'wizard_dataset',
  reading: 'wizard_reading',
  columns: 'wizard_columns',
  data: 'wizard_data',
  models: 'wizard_models',
  categories: 'wizard_categories',
  review: 'wizard_review',
  settings: 'wizard_settings',
  otherVotes: 'other_votes',
  useTop: 'use_top',
  manualChoice: 'manual_choice',
  stop: 'stop_here',
  confusion: 'results_confusion_choice',
  /** the message shortcut, as the manifest names it */
  benchmarkFile: 'benchmark_file',
  home: 'home',
} as const;

export const actions = {
  wizardBack: 'wizard_back',
  wizardResume: 'wizard_resume',
  wizardSettings: 'wizard_settings_open',
  problemsFile: 'wizard_problems',
  cancel: 'benchmark_cancel',
  vote: 'ballot_vote',
  /** for the languages that a ballot has no room for */
  voteOthers: 'ballot_others',
  closeVote: 'ballot_close',
  useTop: 'decide_top',
  chooseAnother: 'decide_manual',
  stop: 'decide_stop',
  retryTraining: 'training_retry',
  retryTrials: 'results_retry',
  confusion: 'results_confusion',
  resultsFile: 'results_file',
  predictionsFile: 'results_predictions',
  /** in answers to the command, and in the home tab */
  openLink: 'open_link',
  rerun: 'benchmark_rerun',
  benchmarkDataset: 'dataset_benchmark',
  commandCancel: 'command_cancel',
  listNewer: 'list_newer',
  listOlder: 'list_older',
  datasetsNewer: 'datasets_newer',
  datasetsOlder: 'datasets_older',
  homeStart: 'home_start',
  homeCancel: 'home_cancel',
  homeNewer: 'home_newer',
  homeOlder: 'home_older',
  homeChannel: 'home_channel',
  homeLanguage: 'home_language',
  /** followed by the section's name */
  homeSection: 'home_section',
} as const;

/** Blocks of the modals; each holds one element whose action_id is `value`. */
export const blocks = {
  kind: 'kind',
  channel: 'channel',
  file: 'file',
  knownDataset: 'known_dataset',
  textColumn: 'text_column',
  idColumn: 'id_column',
  languageColumn: 'language_column',
  annotationColumn: 'annotation_column',
  labelColumns: 'label_columns',
  models: 'models',
  otherModels: 'other_models',
  categories: 'categories',
  languages: 'languages',
  mode: 'mode',
  detect: 'detect',
  /** followed by a language */
  languageChoice: 'language_choice',
  renames: 'renames',
  excluded: 'excluded',
  minConfidence: 'min_confidence',
  minExamples: 'min_examples',
  model: 'model',
  reason: 'reason',
  which: 'which',
  epochs: 'epochs',
  secondPass: 'second_pass',
  learningRate: 'learning_rate',
  batchSize: 'batch_size',
  longTexts: 'long_texts',
  shares: 'shares',
  /** followed by a position */
  strategy: 'strategy',
  repeats: 'repeats',
  repeatCount: 'repeat_count',
  score: 'score',
  race: 'race',
  deciders: 'deciders',
  candidates: 'candidates',
  quorum: 'quorum',
  openHours: 'open_hours',
  voteOptions: 'vote_options',
} as const;

export const valueAction = 'value';
