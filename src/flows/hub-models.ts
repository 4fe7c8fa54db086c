/**
 * The pretrained encoders of the catalogue, as data: those of LLM_Tool's catalogue, and small, recent and long ones of
 * the architectures that Podium has. Which files a repository has was read off its listing on the hub; what couldn't be
 * seen there is said in the note. A repository that has since got what it lacked is used by naming a revision.
 */

/** Why a model can't be trained, and ids (of the catalogue, or one with a revision) to take instead. */
export interface Untrainable {
  why: string;
  instead: readonly [string, ...string[]];
}

export interface HubModel {
  /** `owner/name` on the hub */
  repository: string;
  /** `model_type` of its config.json */
  family: string;
  /** ISO 639-1 codes; `many`: dozens at once */
  languages: 'many' | readonly string[];
  /** in millions; null: not known for sure */
  parameters: number | null;
  /**
   * Weights that one token is multiplied with, in millions: all but the embeddings, a shared layer as often as it runs.
   * What a step costs follows from it.
   */
  weightsPerToken: number;
  /** longest text, special tokens included */
  maxTokens: number;
  /** as the hub tells it; null: it names none */
  licence: string | null;
  note: string;
  trains: true | Untrainable;
  /** ids under which it was known before */
  formerly: readonly string[];
}

type Languages = HubModel['languages'];
type Size = Pick<HubModel, 'family' | 'parameters' | 'weightsPerToken' | 'maxTokens'>;

const size = (family: string, parameters: number | null, weightsPerToken: number, maxTokens = 512): Size => ({
  family,
  parameters,
  weightsPerToken,
  maxTokens,
});

const model = (
  repository: string,
  languages: Languages,
  its: Size,
  licence: string | null,
  note: string,
  more: Partial<Pick<HubModel, 'trains' | 'formerly'>> = {},
): HubModel => ({ repository, languages, ...its, licence, note, trains: true, formerly: [], ...more });

const pickleOnly = 'its weights on the hub are a pickle only';
const noTokenizerFile = 'it has no tokenizer.json on the hub';
const neitherFile = `${pickleOnly}, and it has no tokenizer.json there`;
const unsupported = (architecture: string): string => `the architecture ${architecture} isn't supported`;

const untrainable = (why: string, ...instead: Untrainable['instead']): Pick<HubModel, 'trains'> => ({
  trains: { why, instead },
});

// What is named as a replacement more than once.
const e5Small = 'hub:intfloat/multilingual-e5-small';
const xlmRobertaBase = 'hub:FacebookAI/xlm-roberta-base';
const robertaBase = 'hub:FacebookAI/roberta-base';
const modernBertBase = 'hub:answerdotai/ModernBERT-base';
const modernBertLarge = 'hub:answerdotai/ModernBERT-large';
const longMultilingual = 'hub:Snowflake/snowflake-arctic-embed-l-v2.0';
const multilingualDeberta = 'hub:MoritzLaurer/mDeBERTa-v3-base-mnli-xnli';
const camembertBase = 'hub:almanach/camembert-base';
const camembertV2 = 'hub:almanach/camembertv2-base';
const germanBert = 'hub:google-bert/bert-base-german-cased';

const multilingual: HubModel[] = [
  model('intfloat/multilingual-e5-small', 'many', size('bert', 118, 21), 'mit', 'Small, about 100 languages.'),
  model(
    'sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2',
    'many',
    size('bert', 118, 21),
    'apache-2.0',
    'Small, 50 languages, trained on paraphrases.',
  ),
  model(
    'FacebookAI/xlm-roberta-base',
    'many',
    size('xlm-roberta', 278, 86),
    'mit',
    'The usual choice, 100 languages.',
    {
      formerly: ['xlm-roberta-base'],
    },
  ),
  model('FacebookAI/xlm-roberta-large', 'many', size('xlm-roberta', 560, 303), 'mit', '100 languages. Wants a GPU.', {
    formerly: ['xlm-roberta-large'],
  }),
  model(
    'google-bert/bert-base-multilingual-cased',
    'many',
    size('bert', 178, 86),
    'apache-2.0',
    '104 languages, the oldest of its kind.',
    { formerly: ['bert-base-multilingual-cased'] },
  ),
  model(
    'MoritzLaurer/mDeBERTa-v3-base-mnli-xnli',
    'many',
    size('deberta-v2', 279, 86),
    'mit',
    'mDeBERTa v3, further trained on entailment in 16 languages.',
  ),
  model(
    'Snowflake/snowflake-arctic-embed-l-v2.0',
    'many',
    size('xlm-roberta', 568, 303, 8192),
    'apache-2.0',
    'Long texts in many languages. Wants a GPU. Files checked when first used.',
  ),
  model('microsoft/mdeberta-v3-base', 'many', size('deberta-v2', 276, 86), 'mit', '100 languages.', {
    ...untrainable(neitherFile, multilingualDeberta, xlmRobertaBase),
  }),
  model('microsoft/Multilingual-MiniLM-L12-H384', 'many', size('bert', 118, 21), 'mit', 'Small, 16 languages tested.', {
    ...untrainable(noTokenizerFile, e5Small),
  }),
  model('jhu-clsp/mmBERT-small', 'many', size('modernbert', 140, 42, 8192), 'mit', 'Long texts, 1,800 languages.', {
    ...untrainable(pickleOnly, e5Small, longMultilingual),
  }),
  model('jhu-clsp/mmBERT-base', 'many', size('modernbert', 307, 110, 8192), 'mit', 'Long texts, 1,800 languages.', {
    ...untrainable(pickleOnly, xlmRobertaBase, longMultilingual),
  }),
  model(
    'markussagen/xlm-roberta-longformer-base-4096',
    'many',
    size('longformer', null, 86, 4096),
    null,
    'Long texts, 100 languages.',
    untrainable(unsupported('Longformer'), longMultilingual, xlmRobertaBase),
  ),
];

const english: HubModel[] = [
  model(
    'sentence-transformers/all-MiniLM-L6-v2',
    ['en'],
    size('bert', 23, 11),
    'apache-2.0',
    'Smallest and fastest; good on short texts.',
  ),
  model(
    'sentence-transformers/all-mpnet-base-v2',
    ['en'],
    size('mpnet', 109, 86),
    'apache-2.0',
    'MPNet, further trained to compare sentences.',
  ),
  model(
    'answerdotai/ModernBERT-base',
    ['en'],
    size('modernbert', 149, 110, 8192),
    'apache-2.0',
    'Recent; reads texts of 8,192 tokens.',
  ),
  model(
    'answerdotai/ModernBERT-large',
    ['en'],
    size('modernbert', 395, 344, 8192),
    'apache-2.0',
    'Recent; long texts. Wants a GPU.',
  ),
  model('google-bert/bert-base-uncased', ['en'], size('bert', 110, 86), 'apache-2.0', 'The classic; ignores case.', {
    formerly: ['bert-base-uncased'],
  }),
  model('google-bert/bert-base-cased', ['en'], size('bert', 108, 86), 'apache-2.0', 'The classic; keeps case.', {
    formerly: ['bert-base-cased'],
  }),
  model('FacebookAI/roberta-base', ['en'], size('roberta', 125, 86), 'mit', 'Strong and well known.', {
    formerly: ['roberta-base'],
  }),
  model('FacebookAI/roberta-large', ['en'], size('roberta', 355, 303), 'mit', 'Strong. Wants a GPU.', {
    formerly: ['roberta-large'],
  }),
  model('distilbert/distilroberta-base', ['en'], size('roberta', 82, 43), 'apache-2.0', 'Half of RoBERTa base.', {
    formerly: ['distilroberta-base'],
  }),
  model('distilbert/distilbert-base-uncased', ['en'], size('distilbert', 66, 43), 'apache-2.0', 'Half of BERT base.', {
    formerly: ['distilbert-base-uncased'],
  }),
  model('albert/albert-base-v2', ['en'], size('albert', 12, 86), 'apache-2.0', 'Small file; computes like BERT base.', {
    formerly: ['albert-base-v2'],
  }),
  model('albert/albert-large-v2', ['en'], size('albert', 18, 303), 'apache-2.0', 'Small file; slow.', {
    formerly: ['albert-large-v2'],
  }),
  model('albert/albert-xlarge-v2', ['en'], size('albert', 59, 1208), 'apache-2.0', 'Very slow. Wants a GPU.', {
    formerly: ['albert-xlarge-v2'],
  }),
  model(
    'google/electra-small-discriminator',
    ['en'],
    size('electra', 14, 10),
    'apache-2.0',
    'Very small.',
    untrainable(
      pickleOnly,
      'hub:google/electra-small-discriminator@refs/pr/2',
      'hub:sentence-transformers/all-MiniLM-L6-v2',
    ),
  ),
  model(
    'google/electra-base-discriminator',
    ['en'],
    size('electra', 109, 86),
    'apache-2.0',
    'Learns well from few texts.',
    untrainable(pickleOnly, 'hub:google/electra-base-discriminator@refs/pr/4', robertaBase),
  ),
  model(
    'google/electra-large-discriminator',
    ['en'],
    size('electra', 335, 303),
    'apache-2.0',
    'Strong. Wants a GPU.',
    untrainable(pickleOnly, 'hub:google/electra-large-discriminator@refs/pr/2', 'hub:FacebookAI/roberta-large'),
  ),
  model(
    'microsoft/deberta-v3-xsmall',
    ['en'],
    size('deberta-v2', 71, 21),
    'mit',
    'Small.',
    untrainable(neitherFile, multilingualDeberta, 'hub:sentence-transformers/all-MiniLM-L6-v2'),
  ),
  model(
    'microsoft/deberta-v3-base',
    ['en'],
    size('deberta-v2', 184, 86),
    'mit',
    'Strong.',
    untrainable(neitherFile, multilingualDeberta, modernBertBase),
  ),
  model(
    'microsoft/deberta-v3-large',
    ['en'],
    size('deberta-v2', 435, 303),
    'mit',
    'Strong.',
    untrainable(neitherFile, multilingualDeberta, modernBertLarge),
  ),
  ...['base', 'large'].map((which) =>
    model(
      `google/bigbird-roberta-${which}`,
      ['en'],
      size('big_bird', null, which === 'base' ? 86 : 303, 4096),
      'apache-2.0',
      'Long texts.',
      untrainable(unsupported('BigBird'), which === 'base' ? modernBertBase : modernBertLarge),
    ),
  ),
  ...['base', 'large'].map((which) =>
    model(
      `allenai/longformer-${which}-4096`,
      ['en'],
      size('longformer', which === 'base' ? 149 : 435, which === 'base' ? 86 : 303, 4096),
      'apache-2.0',
      'Long texts.',
      untrainable(unsupported('Longformer'), which === 'base' ? modernBertBase : modernBertLarge),
    ),
  ),
  ...['base', 'large'].map((which) =>
    model(
      `allenai/led-${which}-16384`,
      ['en'],
      size('led', which === 'base' ? 162 : 460, which === 'base' ? 86 : 303, 16_384),
      'apache-2.0',
      'Long texts; made to summarise.',
      untrainable(unsupported('LED'), which === 'base' ? modernBertBase : modernBertLarge),
    ),
  ),
  ...['local', 'tglobal'].map((which) =>
    model(
      `google/long-t5-${which}-base`,
      ['en'],
      size('longt5', 248, 200, 16_384),
      'apache-2.0',
      'Long texts; made to generate text.',
      untrainable(unsupported('LongT5'), modernBertBase),
    ),
  ),
];

const french: HubModel[] = [
  model('almanach/camembert-base', ['fr'], size('camembert', 111, 86), 'mit', 'The usual choice for French.', {
    formerly: ['camembert-base'],
  }),
  model('almanach/camembertv2-base', ['fr'], size('roberta', 112, 86, 1024), 'mit', 'CamemBERT of 2024, 1,024 tokens.'),
  model('almanach/camemberta-base', ['fr'], size('deberta-v2', 112, 86), 'mit', 'CamemBERT in the manner of DeBERTa.'),
  model('almanach/camembert-bio-base', ['fr'], size('camembert', 111, 86), 'mit', 'For biomedical texts.'),
  model('almanach/camembert-large', ['fr'], size('camembert', 337, 303), null, 'Strong.', {
    formerly: ['camembert/camembert-large'],
    ...untrainable(noTokenizerFile, camembertV2, camembertBase),
  }),
  model('cmarkea/distilcamembert-base', ['fr'], size('camembert', 68, 43), 'mit', 'Half of CamemBERT.', {
    ...untrainable(noTokenizerFile, camembertBase),
  }),
  ...['base', 'large'].map((which) =>
    model(
      `flaubert/flaubert_${which}_cased`,
      ['fr'],
      size('flaubert', which === 'base' ? 138 : 373, which === 'base' ? 86 : 303),
      'mit',
      'An XLM for French.',
      untrainable(unsupported('FlauBERT'), camembertV2, camembertBase),
    ),
  ),
  model(
    'moussaKam/barthez',
    ['fr'],
    size('mbart', null, 86, 1024),
    null,
    'Made to generate text.',
    untrainable(unsupported('BART'), camembertV2),
  ),
  model('qwant/fralbert-base', ['fr'], size('albert', 12, 86), 'apache-2.0', 'A small ALBERT.', {
    formerly: ['cls/fralbert'],
    ...untrainable(noTokenizerFile, camembertBase),
  }),
  model(
    'dbmdz/electra-base-french-europeana-cased-discriminator',
    ['fr'],
    size('electra', 110, 86),
    'mit',
    'For historical newspapers.',
    untrainable(neitherFile, camembertBase),
  ),
];

const others: HubModel[] = [
  model('google-bert/bert-base-german-cased', ['de'], size('bert', 109, 86), 'mit', 'The usual choice for German.', {
    formerly: ['bert-base-german-cased'],
  }),
  model('distilbert/distilbert-base-german-cased', ['de'], size('distilbert', 67, 43), 'apache-2.0', 'Half of BERT.', {
    formerly: ['distilbert-base-german-cased'],
  }),
  model('dbmdz/bert-base-german-cased', ['de'], size('bert', 110, 86), 'mit', 'BERT for German.', {
    ...untrainable(noTokenizerFile, germanBert),
  }),
  model('deepset/gbert-base', ['de'], size('bert', 110, 86), 'mit', 'BERT for German.', {
    ...untrainable(noTokenizerFile, germanBert),
  }),
  model('dccuchile/bert-base-spanish-wwm-cased', ['es'], size('bert', 110, 86), null, 'BERT for Spanish (BETO).', {
    ...untrainable(neitherFile, 'hub:PlanTL-GOB-ES/roberta-base-bne@refs/pr/1', xlmRobertaBase),
  }),
  model('PlanTL-GOB-ES/roberta-base-bne', ['es'], size('roberta', 125, 86), 'apache-2.0', 'RoBERTa for Spanish.', {
    ...untrainable(pickleOnly, 'hub:PlanTL-GOB-ES/roberta-base-bne@refs/pr/1', xlmRobertaBase),
  }),
  model('dbmdz/bert-base-italian-cased', ['it'], size('bert', 110, 86), 'mit', 'BERT for Italian.', {
    ...untrainable(noTokenizerFile, xlmRobertaBase, e5Small),
  }),
  model('neuralmind/bert-base-portuguese-cased', ['pt'], size('bert', 109, 86), 'mit', 'BERT for Portuguese.', {
    ...untrainable(neitherFile, xlmRobertaBase, e5Small),
  }),
  model('google-bert/bert-base-chinese', ['zh'], size('bert', 102, 86), null, 'BERT for Chinese, by character.', {
    formerly: ['bert-base-chinese'],
  }),
  model('hfl/chinese-roberta-wwm-ext', ['zh'], size('bert', 102, 86), 'apache-2.0', 'BERT for Chinese.', {
    ...untrainable(pickleOnly, 'hub:google-bert/bert-base-chinese'),
  }),
  model(
    'aubmindlab/bert-base-arabertv2',
    ['ar'],
    size('bert', 136, 86),
    null,
    'BERT for Arabic; made for text segmented by Farasa.',
  ),
  model('asafaya/bert-base-arabic', ['ar'], size('bert', 111, 86), null, 'BERT for Arabic.', {
    ...untrainable(noTokenizerFile, 'hub:aubmindlab/bert-base-arabertv2'),
  }),
  model(
    'deepvk/RuModernBERT-base',
    ['ru'],
    size('modernbert', 150, 110, 8192),
    'apache-2.0',
    'Recent; long texts in Russian.',
  ),
  model('deepvk/RuModernBERT-small', ['ru'], size('modernbert', 35, 15, 8192), 'apache-2.0', 'Small; long texts.'),
  model('DeepPavlov/rubert-base-cased', ['ru'], size('bert', 178, 86), null, 'BERT for Russian.', {
    ...untrainable(neitherFile, 'hub:deepvk/RuModernBERT-base'),
  }),
  model('monsoon-nlp/hindi-bert', ['hi'], size('electra', null, 10), null, 'A small ELECTRA for Hindi.', {
    ...untrainable(noTokenizerFile, e5Small, xlmRobertaBase),
  }),
  model('KB/bert-base-swedish-cased', ['sv'], size('bert', 125, 86), null, 'BERT for Swedish.', {
    ...untrainable(neitherFile, xlmRobertaBase, e5Small),
  }),
  model('GroNLP/bert-base-dutch-cased', ['nl'], size('bert', 109, 86), null, 'BERT for Dutch (BERTje).', {
    ...untrainable(noTokenizerFile, xlmRobertaBase, e5Small),
  }),
  model('allegro/herbert-base-cased', ['pl'], size('bert', 124, 86), 'cc-by-4.0', 'BERT for Polish.', {
    ...untrainable(neitherFile, xlmRobertaBase, e5Small),
  }),
  model(
    'sbintuitions/modernbert-ja-130m',
    ['ja'],
    size('modernbert', 132, 80, 8192),
    'mit',
    'Recent; long texts in Japanese. Files checked when first used.',
  ),
  model(
    'tohoku-nlp/bert-base-japanese-whole-word-masking',
    ['ja'],
    size('bert', 111, 86),
    'cc-by-sa-4.0',
    'BERT for Japanese.',
    {
      formerly: ['cl-tohoku/bert-base-japanese-whole-word-masking'],
      ...untrainable(`${pickleOnly}, and its tokenizer needs MeCab`, 'hub:sbintuitions/modernbert-ja-130m', e5Small),
    },
  ),
];

export const hubModels: readonly HubModel[] = [...multilingual, ...english, ...french, ...others];
