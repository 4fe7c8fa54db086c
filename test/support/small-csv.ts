/** A small labelled file: three categories that words decide, in two languages. */
export function smallCsv(rows = 240): string {
  const topics = {
    roads: 'the road is full of holes',
    water: 'no water comes from the tap',
    parks: 'the park needs more trees',
  };
  const names = Object.keys(topics);
  const lines = Array.from({ length: rows }, (_, row) => {
    const topic = names[row % names.length] ?? '';
    const angry = row % 5 < 2;
    const french = row % 4 === 0;
    const text = `${french ? 'bonjour' : 'hello'} number ${row * 7}, ${topics[topic as keyof typeof topics]}${angry ? ', this is a shame' : ', thank you'}`;
    return [
      row + 1,
      french ? 'fr' : 'en',
      `"${text}"`,
      topic,
      angry ? 'angry' : 'calm',
      row % 10 === 3 ? 'yes' : 'no',
    ].join(',');
  });
  return `id,language,text,topic,tone,urgent\n${lines.join('\n')}\n`;
}
