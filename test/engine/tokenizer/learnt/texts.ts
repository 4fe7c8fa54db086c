/** What the test's tokenizer is learnt from, and texts that tokenizers like to disagree about. */
import { learnTokenizer } from '../../../../src/engine/tokenizer/learnt-tokenizer.ts';

const corpus = [
  'The lower the newer the wider; newer and lower roads, and the water pipes.',
  'La rue est fermée, la première école aussi. Ça coûte 1 200 €.',
  'Straße gesperrt: Größe und Übermut.',
  'Ο δρόμος είναι κλειστός. ΟΔΥΣΣΕΥΣ και Οδυσσεύς',
  'Дорога закрыта, воды нет. Ёлка и ёжик',
  '道路が壊れています。道路工事はいつ終わりますか。',
  '道路坏了，水管也坏了。道路工程什么时候完成？',
  'ถนนพังแล้ว ถนนปิด น้ำประปาไม่ไหล',
  'ផ្លូវខូច ទឹកមិនហូរ ផ្លូវបិទ',
  'လမ်းပျက်နေသည် ရေမလာပါ လမ်းပိတ်',
  'ທາງເພ ນ້ຳບໍ່ໄຫຼ ທາງປິດ',
  'الطريق مغلق والماء مقطوع',
  'सड़क बंद है और पानी नहीं आता',
  '도로가 막혔고 물이 안 나와요',
  'Great 😀😀 ❤️ 👍🏽 👨‍👩‍👧 🇩🇪 #road @city 50% a+b=c',
];

/** Everything occurs twelve times, so that frequent pairs are joined. */
export const learnt = learnTokenizer(Array.from({ length: 12 }, () => corpus).flat(), 600, 24);

export const tricky: readonly string[] = [
  ...corpus,
  '',
  ' ',
  '   leading, trailing and    many   blanks   ',
  'tabs\tand\nlines\r\nand\u00a0no-break\u2003em\u3000wide\u0085next\ufeffbom\u200bzero\u00adsoft\u2028line',
  'Cafe\u0301 cre\u0300me, A\u030angstro\u0308m, n\u0303, e\u0301\u0302\u0303 \u0301alone \u1e9b\u0323',
  'ﬁnance ½ Ⅷ ² ① ㍿ ㌔ ｶﾀｶﾅ ガ が İstanbul ıI ǅ ẞ ŉ',
  'ΟΔΟΣ Σ ΣΑΣ ὈΔΥΣΣΕΎΣ ᾼ ς',
  '道路road道路12道路、道路　道路',
  '鿿 豈 𠀀𠮷𪚥 㐀 未知的汉字龘靐齉',
  'ถนนroadถนน กำ นํ้า ๑๒๓ ๏',
  'unheard xyz👾🫠 \u{1fae8} \u{10ffff} \ue000 \u0378',
  '[CLS] [UNK]the[PAD] [cls] <s> [MASK]',
  '\u0000\u0007null\u007f\u009f',
  '1234567890 3.14 1e-5 v2.0-rc1 __proto__ constructor',
  '🏴󠁧󠁢󠁥󠁮󠁧󠁿 ☺ ☺️ 🇩🇪🇫🇷 👍🏽',
  '\u0600123 \u06dd \u200f\u202eabc\u202c \u2066x\u2069',
  'नमस्ते क्ष त्र \u0915\u094d\u200d\u0937 می\u200cخواهم',
];
