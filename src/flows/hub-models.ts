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

interface Shape {
  layers: number;
  /** H */
  hidden: number;
  /** that one token is multiplied with, in millions: all weights but the embeddings, a shared layer as often as it runs */
  weightsPerToken: number;
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
  /** what a step costs follows from it */
  shape: Shape;
  /** longest text, special tokens included */
  maxTokens: number;
  /** as the hub tells it; null: it names none */
  licence: string | null;
  note: string;
  trains: true | Untrainable;
  /** made for one kind of text, such as biomedical ones: a poor choice for others */
  special: boolean;
  /** ids under which it was known before */
  formerly: readonly string[];
}

type Languages = HubModel['languages'];
type Size = Pick<HubModel, 'family' | 'parameters' | 'shape' | 'maxTokens'>;

const size = (family: string, parameters: number | null, shape: Shape, maxTokens = 512): Size => ({
  family,
  parameters,
  shape,
  maxTokens,
});

const shapeOf = (layers: number, hidden: number, weightsPerToken: number): Shape => ({
  layers,
  hidden,
  weightsPerToken,
});

/** The published sizes; of the ModernBERT kind `modern…`, whose feed-forward layers are gated. */
const shapes = {
  small6: shapeOf(6, 384, 11),
  small12: shapeOf(12, 384, 21),
  electraSmall: shapeOf(12, 256, 10),
  chineseSmall: shapeOf(4, 512, 13),
  halfBase: shapeOf(6, 768, 43),
  base: shapeOf(12, 768, 86),
  large: shapeOf(24, 1024, 303),
  albertXlarge: shapeOf(24, 2048, 1208),
  longT5: shapeOf(24, 768, 200),
  modern7x256: shapeOf(7, 256, 4),
  modern10x256: shapeOf(10, 256, 10),
  modern10x384: shapeOf(10, 384, 13),
  modern12x384: shapeOf(12, 384, 15),
  modern13x384: shapeOf(13, 384, 31),
  modern19x512: shapeOf(19, 512, 43),
  modernJa130: shapeOf(19, 512, 80),
  modernSmall: shapeOf(22, 384, 42),
  modernBase: shapeOf(22, 768, 110),
  modernLarge: shapeOf(28, 1024, 344),
  euro610: shapeOf(26, 1152, 500),
} as const satisfies Record<string, Shape>;

const model = (
  repository: string,
  languages: Languages,
  its: Size,
  licence: string | null,
  note: string,
  more: Partial<Pick<HubModel, 'trains' | 'special' | 'formerly'>> = {},
): HubModel => ({ repository, languages, ...its, licence, note, trains: true, special: false, formerly: [], ...more });

const pickleOnly = 'its weights on the hub are a pickle only';
const noTokenizerFile = 'it has no tokenizer.json on the hub';
const neitherFile = `${pickleOnly}, and it has no tokenizer.json there`;
const unsupported = (architecture: string): string => `the architecture ${architecture} isn't supported`;

const untrainable = (why: string, ...instead: Untrainable['instead']): Pick<HubModel, 'trains'> => ({
  trains: { why, instead },
});

// What is named as a replacement more than once.
const e5Small = 'hub:intfloat/multilingual-e5-small';
const e5Base = 'hub:intfloat/multilingual-e5-base';
const mmBertSmall = 'hub:agentlans/mmBERT-small-safetensors';
const xlmRobertaBase = 'hub:FacebookAI/xlm-roberta-base';
const robertaBase = 'hub:FacebookAI/roberta-base';
const modernBertBase = 'hub:answerdotai/ModernBERT-base';
const modernBertLarge = 'hub:answerdotai/ModernBERT-large';
const longMultilingual = 'hub:Snowflake/snowflake-arctic-embed-l-v2.0';
const multilingualDeberta = 'hub:MoritzLaurer/mDeBERTa-v3-base-mnli-xnli';
const camembertBase = 'hub:almanach/camembert-base';
const camembertV2 = 'hub:almanach/camembertv2-base';
const germanBert = 'hub:google-bert/bert-base-german-cased';

const graniteLanguages = ['en', 'de', 'es', 'fr', 'ja', 'pt', 'ar', 'cs', 'it', 'ko', 'nl', 'zh'];
const euroLanguages = ['en', 'fr', 'de', 'es', 'zh', 'it', 'ru', 'pl', 'pt', 'ja', 'vi', 'nl', 'ar', 'tr', 'hi'];

const multilingual: HubModel[] = [
  model(
    'intfloat/multilingual-e5-small',
    'many',
    size('bert', 118, shapes.small12),
    'mit',
    'Small, about 100 languages.',
  ),
  model(
    'sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2',
    'many',
    size('bert', 118, shapes.small12),
    'apache-2.0',
    'Small, 50 languages, trained on paraphrases.',
  ),
  model(
    'FacebookAI/xlm-roberta-base',
    'many',
    size('xlm-roberta', 278, shapes.base),
    'mit',
    'The usual choice, 100 languages.',
    {
      formerly: ['xlm-roberta-base'],
    },
  ),
  model(
    'FacebookAI/xlm-roberta-large',
    'many',
    size('xlm-roberta', 560, shapes.large),
    'mit',
    '100 languages. Wants a GPU.',
    {
      formerly: ['xlm-roberta-large'],
    },
  ),
  model(
    'google-bert/bert-base-multilingual-cased',
    'many',
    size('bert', 178, shapes.base),
    'apache-2.0',
    '104 languages, the oldest of its kind.',
    { formerly: ['bert-base-multilingual-cased'] },
  ),
  model(
    'MoritzLaurer/mDeBERTa-v3-base-mnli-xnli',
    'many',
    size('deberta-v2', 279, shapes.base),
    'mit',
    'mDeBERTa v3, further trained on entailment in 16 languages.',
  ),
  model(
    'Snowflake/snowflake-arctic-embed-l-v2.0',
    'many',
    size('xlm-roberta', 568, shapes.large, 8192),
    'apache-2.0',
    'Long texts in many languages. Wants a GPU. Files checked when first used.',
  ),
  model(
    'intfloat/multilingual-e5-base',
    'many',
    size('xlm-roberta', 278, shapes.base),
    'mit',
    'About 100 languages. Files checked when first used.',
  ),
  model(
    'intfloat/multilingual-e5-large',
    'many',
    size('xlm-roberta', 560, shapes.large),
    'mit',
    'About 100 languages. Wants a GPU. Files checked when first used.',
  ),
  model(
    'ibm-granite/granite-embedding-107m-multilingual',
    graniteLanguages,
    size('xlm-roberta', 107, shapes.small6),
    'apache-2.0',
    'The smallest and fastest for several languages; 12 of them.',
  ),
  model(
    'ibm-granite/granite-embedding-278m-multilingual',
    graniteLanguages,
    size('xlm-roberta', 278, shapes.base),
    'apache-2.0',
    '12 languages.',
  ),
  model(
    'agentlans/mmBERT-small-safetensors',
    'many',
    size('modernbert', 140, shapes.modernSmall, 8192),
    null,
    'mmBERT small, its weights converted by somebody else. Long texts, 1,800 languages. Files checked when first used.',
  ),
  model(
    'facebook/xlm-v-base',
    'many',
    size('xlm-roberta', 778, shapes.base),
    'mit',
    'XLM-R with a vocabulary of a million; a large download. Files checked when first used.',
  ),
  model('BAAI/bge-m3', 'many', size('xlm-roberta', 568, shapes.large, 8192), 'mit', 'Long texts, 100 languages.', {
    ...untrainable(pickleOnly, 'hub:BAAI/bge-m3@refs/pr/38', longMultilingual),
  }),
  model(
    'Alibaba-NLP/gte-multilingual-base',
    'many',
    size('new', 305, shapes.base, 8192),
    'apache-2.0',
    'Long texts, 70 languages.',
    untrainable(`${unsupported('GTE')}: it is code of its repository`, e5Base, longMultilingual),
  ),
  model(
    'Snowflake/snowflake-arctic-embed-m-v2.0',
    'many',
    size('gte', 305, shapes.base, 8192),
    'apache-2.0',
    'Long texts, 74 languages.',
    untrainable(`${unsupported('GTE')}: it is code of its repository`, e5Base, longMultilingual),
  ),
  model(
    'EuroBERT/EuroBERT-210m',
    euroLanguages,
    size('eurobert', 212, shapes.base, 8192),
    'apache-2.0',
    'Long texts, 15 languages.',
    untrainable(`${unsupported('EuroBERT')}: it is code of its repository`, e5Base, longMultilingual),
  ),
  model(
    'EuroBERT/EuroBERT-610m',
    euroLanguages,
    size('eurobert', 610, shapes.euro610, 8192),
    'apache-2.0',
    'Long texts, 15 languages.',
    untrainable(`${unsupported('EuroBERT')}: it is code of its repository`, longMultilingual),
  ),
  model('microsoft/mdeberta-v3-base', 'many', size('deberta-v2', 276, shapes.base), 'mit', '100 languages.', {
    ...untrainable(neitherFile, multilingualDeberta, xlmRobertaBase),
  }),
  model(
    'microsoft/Multilingual-MiniLM-L12-H384',
    'many',
    size('bert', 118, shapes.small12),
    'mit',
    'Small, 16 languages tested.',
    {
      ...untrainable(noTokenizerFile, e5Small),
    },
  ),
  model(
    'jhu-clsp/mmBERT-small',
    'many',
    size('modernbert', 140, shapes.modernSmall, 8192),
    'mit',
    'Long texts, 1,800 languages.',
    {
      ...untrainable(pickleOnly, mmBertSmall, e5Small, longMultilingual),
    },
  ),
  model(
    'jhu-clsp/mmBERT-base',
    'many',
    size('modernbert', 307, shapes.modernBase, 8192),
    'mit',
    'Long texts, 1,800 languages.',
    {
      ...untrainable(pickleOnly, mmBertSmall, xlmRobertaBase, longMultilingual),
    },
  ),
  model(
    'markussagen/xlm-roberta-longformer-base-4096',
    'many',
    size('longformer', null, shapes.base, 4096),
    null,
    'Long texts, 100 languages.',
    untrainable(unsupported('Longformer'), longMultilingual, xlmRobertaBase),
  ),
];

const ettinSizes: [string, number, Shape][] = [
  ['17m', 17, shapes.modern7x256],
  ['32m', 32, shapes.modern10x384],
  ['68m', 68, shapes.modern19x512],
];

const english: HubModel[] = [
  model(
    'sentence-transformers/all-MiniLM-L6-v2',
    ['en'],
    size('bert', 23, shapes.small6),
    'apache-2.0',
    'Smallest and fastest; good on short texts.',
  ),
  model(
    'sentence-transformers/all-mpnet-base-v2',
    ['en'],
    size('mpnet', 109, shapes.base),
    'apache-2.0',
    'MPNet, further trained to compare sentences.',
  ),
  model(
    'answerdotai/ModernBERT-base',
    ['en'],
    size('modernbert', 149, shapes.modernBase, 8192),
    'apache-2.0',
    'Recent; reads texts of 8,192 tokens.',
  ),
  model(
    'answerdotai/ModernBERT-large',
    ['en'],
    size('modernbert', 395, shapes.modernLarge, 8192),
    'apache-2.0',
    'Recent; long texts. Wants a GPU.',
  ),
  model(
    'Alibaba-NLP/gte-modernbert-base',
    ['en'],
    size('modernbert', 149, shapes.modernBase, 8192),
    'apache-2.0',
    'ModernBERT, further trained to compare texts; reads 8,192 tokens. Files checked when first used.',
  ),
  ...ettinSizes.map(([which, parameters, shape]) =>
    model(
      `jhu-clsp/ettin-encoder-${which}`,
      ['en'],
      size('modernbert', parameters, shape, 7999),
      'mit',
      'Small ModernBERT; long texts. Files checked when first used.',
    ),
  ),
  model(
    'sentence-transformers/all-MiniLM-L12-v2',
    ['en'],
    size('bert', 33, shapes.small12),
    'apache-2.0',
    'Small. Files checked when first used.',
  ),
  model(
    'BAAI/bge-small-en-v1.5',
    ['en'],
    size('bert', 33, shapes.small12),
    'mit',
    'Small; made to compare texts. Files checked when first used.',
  ),
  model(
    'google-bert/bert-base-uncased',
    ['en'],
    size('bert', 110, shapes.base),
    'apache-2.0',
    'The classic; ignores case.',
    {
      formerly: ['bert-base-uncased'],
    },
  ),
  model(
    'google-bert/bert-base-cased',
    ['en'],
    size('bert', 108, shapes.base),
    'apache-2.0',
    'The classic; keeps case.',
    {
      formerly: ['bert-base-cased'],
    },
  ),
  model('FacebookAI/roberta-base', ['en'], size('roberta', 125, shapes.base), 'mit', 'Strong and well known.', {
    formerly: ['roberta-base'],
  }),
  model('FacebookAI/roberta-large', ['en'], size('roberta', 355, shapes.large), 'mit', 'Strong. Wants a GPU.', {
    formerly: ['roberta-large'],
  }),
  model(
    'distilbert/distilroberta-base',
    ['en'],
    size('roberta', 82, shapes.halfBase),
    'apache-2.0',
    'Half of RoBERTa base.',
    {
      formerly: ['distilroberta-base'],
    },
  ),
  model(
    'distilbert/distilbert-base-uncased',
    ['en'],
    size('distilbert', 66, shapes.halfBase),
    'apache-2.0',
    'Half of BERT base.',
    {
      formerly: ['distilbert-base-uncased'],
    },
  ),
  model(
    'albert/albert-base-v2',
    ['en'],
    size('albert', 12, shapes.base),
    'apache-2.0',
    'Small file; computes like BERT base.',
    {
      formerly: ['albert-base-v2'],
    },
  ),
  model('albert/albert-large-v2', ['en'], size('albert', 18, shapes.large), 'apache-2.0', 'Small file; slow.', {
    formerly: ['albert-large-v2'],
  }),
  model(
    'albert/albert-xlarge-v2',
    ['en'],
    size('albert', 59, shapes.albertXlarge),
    'apache-2.0',
    'Very slow. Wants a GPU.',
    {
      formerly: ['albert-xlarge-v2'],
    },
  ),
  model(
    'google/electra-small-discriminator',
    ['en'],
    size('electra', 14, shapes.electraSmall),
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
    size('electra', 109, shapes.base),
    'apache-2.0',
    'Learns well from few texts.',
    untrainable(pickleOnly, 'hub:google/electra-base-discriminator@refs/pr/4', robertaBase),
  ),
  model(
    'google/electra-large-discriminator',
    ['en'],
    size('electra', 335, shapes.large),
    'apache-2.0',
    'Strong. Wants a GPU.',
    untrainable(pickleOnly, 'hub:google/electra-large-discriminator@refs/pr/2', 'hub:FacebookAI/roberta-large'),
  ),
  model(
    'microsoft/deberta-v3-xsmall',
    ['en'],
    size('deberta-v2', 71, shapes.small12),
    'mit',
    'Small.',
    untrainable(neitherFile, multilingualDeberta, 'hub:sentence-transformers/all-MiniLM-L6-v2'),
  ),
  model(
    'microsoft/deberta-v3-base',
    ['en'],
    size('deberta-v2', 184, shapes.base),
    'mit',
    'Strong.',
    untrainable(neitherFile, multilingualDeberta, modernBertBase),
  ),
  model(
    'microsoft/deberta-v3-large',
    ['en'],
    size('deberta-v2', 435, shapes.large),
    'mit',
    'Strong.',
    untrainable(neitherFile, multilingualDeberta, modernBertLarge),
  ),
  ...['base', 'large'].map((which) =>
    model(
      `google/bigbird-roberta-${which}`,
      ['en'],
      size('big_bird', null, which === 'base' ? shapes.base : shapes.large, 4096),
      'apache-2.0',
      'Long texts.',
      untrainable(unsupported('BigBird'), which === 'base' ? modernBertBase : modernBertLarge),
    ),
  ),
  ...['base', 'large'].map((which) =>
    model(
      `allenai/longformer-${which}-4096`,
      ['en'],
      size('longformer', which === 'base' ? 149 : 435, which === 'base' ? shapes.base : shapes.large, 4096),
      'apache-2.0',
      'Long texts.',
      untrainable(unsupported('Longformer'), which === 'base' ? modernBertBase : modernBertLarge),
    ),
  ),
  ...['base', 'large'].map((which) =>
    model(
      `allenai/led-${which}-16384`,
      ['en'],
      size('led', which === 'base' ? 162 : 460, which === 'base' ? shapes.base : shapes.large, 16_384),
      'apache-2.0',
      'Long texts; made to summarise.',
      untrainable(unsupported('LED'), which === 'base' ? modernBertBase : modernBertLarge),
    ),
  ),
  ...['local', 'tglobal'].map((which) =>
    model(
      `google/long-t5-${which}-base`,
      ['en'],
      size('longt5', 248, shapes.longT5, 16_384),
      'apache-2.0',
      'Long texts; made to generate text.',
      untrainable(unsupported('LongT5'), modernBertBase),
    ),
  ),
];

const french: HubModel[] = [
  model('almanach/camembert-base', ['fr'], size('camembert', 111, shapes.base), 'mit', 'The usual choice for French.', {
    formerly: ['camembert-base'],
  }),
  model(
    'almanach/camembertv2-base',
    ['fr'],
    size('roberta', 112, shapes.base, 1024),
    'mit',
    'CamemBERT of 2024, 1,024 tokens.',
  ),
  model(
    'almanach/moderncamembert-base',
    ['fr'],
    size('modernbert', 136, shapes.modernBase, 8192),
    'mit',
    'ModernBERT for French; long texts. Files checked when first used.',
  ),
  model(
    'almanach/camembertav2-base',
    ['fr'],
    size('deberta-v2', 112, shapes.base, 1024),
    'mit',
    'CamemBERTa of 2024, 1,024 tokens.',
  ),
  model(
    'almanach/camemberta-base',
    ['fr'],
    size('deberta-v2', 112, shapes.base),
    'mit',
    'CamemBERT in the manner of DeBERTa.',
  ),
  model('almanach/camembert-bio-base', ['fr'], size('camembert', 111, shapes.base), 'mit', 'For biomedical texts.', {
    special: true,
  }),
  model('almanach/camembert-large', ['fr'], size('camembert', 337, shapes.large), null, 'Strong.', {
    formerly: ['camembert/camembert-large'],
    ...untrainable(noTokenizerFile, camembertV2, camembertBase),
  }),
  model('cmarkea/distilcamembert-base', ['fr'], size('camembert', 68, shapes.halfBase), 'mit', 'Half of CamemBERT.', {
    ...untrainable(noTokenizerFile, camembertBase),
  }),
  ...['base', 'large'].map((which) =>
    model(
      `flaubert/flaubert_${which}_cased`,
      ['fr'],
      size('flaubert', which === 'base' ? 138 : 373, which === 'base' ? shapes.base : shapes.large),
      'mit',
      'An XLM for French.',
      untrainable(unsupported('FlauBERT'), camembertV2, camembertBase),
    ),
  ),
  model(
    'moussaKam/barthez',
    ['fr'],
    size('mbart', null, shapes.base, 1024),
    null,
    'Made to generate text.',
    untrainable(unsupported('BART'), camembertV2),
  ),
  model('qwant/fralbert-base', ['fr'], size('albert', 12, shapes.base), 'apache-2.0', 'A small ALBERT.', {
    formerly: ['cls/fralbert'],
    ...untrainable(noTokenizerFile, camembertBase),
  }),
  model(
    'dbmdz/electra-base-french-europeana-cased-discriminator',
    ['fr'],
    size('electra', 110, shapes.base),
    'mit',
    'For historical newspapers.',
    { special: true, ...untrainable(neitherFile, camembertBase) },
  ),
];

const others: HubModel[] = [
  model(
    'google-bert/bert-base-german-cased',
    ['de'],
    size('bert', 109, shapes.base),
    'mit',
    'The usual choice for German.',
    {
      formerly: ['bert-base-german-cased'],
    },
  ),
  model(
    'distilbert/distilbert-base-german-cased',
    ['de'],
    size('distilbert', 67, shapes.halfBase),
    'apache-2.0',
    'Half of BERT.',
    {
      formerly: ['distilbert-base-german-cased'],
    },
  ),
  model(
    'LSX-UniWue/ModernGBERT_134M',
    ['de'],
    size('modernbert', 134, shapes.modernBase, 8192),
    null,
    'ModernBERT for German; long texts. Files checked when first used; see its licence on the hub.',
  ),
  model('dbmdz/bert-base-german-cased', ['de'], size('bert', 110, shapes.base), 'mit', 'BERT for German.', {
    ...untrainable(noTokenizerFile, germanBert),
  }),
  model('deepset/gbert-base', ['de'], size('bert', 110, shapes.base), 'mit', 'BERT for German.', {
    ...untrainable(noTokenizerFile, germanBert),
  }),
  model(
    'dccuchile/bert-base-spanish-wwm-cased',
    ['es'],
    size('bert', 110, shapes.base),
    null,
    'BERT for Spanish (BETO).',
    {
      ...untrainable(neitherFile, 'hub:PlanTL-GOB-ES/roberta-base-bne@refs/pr/1', xlmRobertaBase),
    },
  ),
  model(
    'PlanTL-GOB-ES/roberta-base-bne',
    ['es'],
    size('roberta', 125, shapes.base),
    'apache-2.0',
    'RoBERTa for Spanish.',
    {
      ...untrainable(pickleOnly, 'hub:PlanTL-GOB-ES/roberta-base-bne@refs/pr/1', xlmRobertaBase),
    },
  ),
  model('dbmdz/bert-base-italian-cased', ['it'], size('bert', 110, shapes.base), 'mit', 'BERT for Italian.', {
    ...untrainable(noTokenizerFile, xlmRobertaBase, e5Small),
  }),
  model(
    'neuralmind/bert-base-portuguese-cased',
    ['pt'],
    size('bert', 109, shapes.base),
    'mit',
    'BERT for Portuguese.',
    {
      ...untrainable(neitherFile, xlmRobertaBase, e5Small),
    },
  ),
  model(
    'google-bert/bert-base-chinese',
    ['zh'],
    size('bert', 102, shapes.base),
    null,
    'BERT for Chinese, by character.',
    {
      formerly: ['bert-base-chinese'],
    },
  ),
  model(
    'BAAI/bge-small-zh-v1.5',
    ['zh'],
    size('bert', 24, shapes.chineseSmall),
    'mit',
    'Small; made to compare texts. Files checked when first used.',
  ),
  model('hfl/chinese-roberta-wwm-ext', ['zh'], size('bert', 102, shapes.base), 'apache-2.0', 'BERT for Chinese.', {
    ...untrainable(pickleOnly, 'hub:google-bert/bert-base-chinese'),
  }),
  model(
    'aubmindlab/bert-base-arabertv2',
    ['ar'],
    size('bert', 136, shapes.base),
    null,
    'BERT for Arabic; made for text segmented by Farasa.',
  ),
  model('asafaya/bert-base-arabic', ['ar'], size('bert', 111, shapes.base), null, 'BERT for Arabic.', {
    ...untrainable(noTokenizerFile, 'hub:aubmindlab/bert-base-arabertv2'),
  }),
  model(
    'deepvk/RuModernBERT-base',
    ['ru'],
    size('modernbert', 150, shapes.modernBase, 8192),
    'apache-2.0',
    'Recent; long texts in Russian.',
  ),
  model(
    'deepvk/RuModernBERT-small',
    ['ru'],
    size('modernbert', 35, shapes.modern12x384, 8192),
    'apache-2.0',
    'Small; long texts.',
  ),
  model('DeepPavlov/rubert-base-cased', ['ru'], size('bert', 178, shapes.base), null, 'BERT for Russian.', {
    ...untrainable(neitherFile, 'hub:deepvk/RuModernBERT-base'),
  }),
  model(
    'monsoon-nlp/hindi-bert',
    ['hi'],
    size('electra', null, shapes.electraSmall),
    null,
    'A small ELECTRA for Hindi.',
    {
      ...untrainable(noTokenizerFile, e5Small, xlmRobertaBase),
    },
  ),
  model('KB/bert-base-swedish-cased', ['sv'], size('bert', 125, shapes.base), null, 'BERT for Swedish.', {
    ...untrainable(neitherFile, xlmRobertaBase, e5Small),
  }),
  model('GroNLP/bert-base-dutch-cased', ['nl'], size('bert', 109, shapes.base), null, 'BERT for Dutch (BERTje).', {
    ...untrainable(noTokenizerFile, xlmRobertaBase, e5Small),
  }),
  model('allegro/herbert-base-cased', ['pl'], size('bert', 124, shapes.base), 'cc-by-4.0', 'BERT for Polish.', {
    ...untrainable(neitherFile, xlmRobertaBase, e5Small),
  }),
  model(
    'klue/bert-base',
    ['ko'],
    size('bert', 111, shapes.base),
    'cc-by-sa-4.0',
    'BERT for Korean. Files checked when first used.',
  ),
  model(
    'sbintuitions/modernbert-ja-30m',
    ['ja'],
    size('modernbert', 37, shapes.modern10x256, 8192),
    'mit',
    'Small; long texts in Japanese. Files checked when first used.',
  ),
  model(
    'sbintuitions/modernbert-ja-70m',
    ['ja'],
    size('modernbert', 70, shapes.modern13x384, 8192),
    'mit',
    'Small; long texts in Japanese. Files checked when first used.',
  ),
  model(
    'sbintuitions/modernbert-ja-130m',
    ['ja'],
    size('modernbert', 132, shapes.modernJa130, 8192),
    'mit',
    'Recent; long texts in Japanese. Files checked when first used.',
  ),
  model(
    'tohoku-nlp/bert-base-japanese-whole-word-masking',
    ['ja'],
    size('bert', 111, shapes.base),
    'cc-by-sa-4.0',
    'BERT for Japanese.',
    {
      formerly: ['cl-tohoku/bert-base-japanese-whole-word-masking'],
      ...untrainable(`${pickleOnly}, and its tokenizer needs MeCab`, 'hub:sbintuitions/modernbert-ja-130m', e5Small),
    },
  ),
];

export const hubModels: readonly HubModel[] = [...multilingual, ...english, ...french, ...others];
