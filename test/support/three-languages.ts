/** A small labelled file in three languages, each with enough texts for a model of its own. */
export function threeLanguagesCsv(rows = 270): string {
  const said = {
    en: {
      roads: 'the road is full of holes',
      water: 'no water comes from the tap',
      angry: 'this is a shame',
      calm: 'thank you',
    },
    fr: {
      roads: 'la route est pleine de trous',
      water: "il n'y a plus d'eau au robinet",
      angry: 'quelle honte',
      calm: 'merci',
    },
    de: {
      roads: 'die Straße ist voller Löcher',
      water: 'aus dem Hahn kommt kein Wasser',
      angry: 'eine Schande',
      calm: 'danke',
    },
  };
  const codes = ['en', 'fr', 'de'] as const;
  const lines = Array.from({ length: rows }, (_, row) => {
    const code = codes[row % 3] ?? 'en';
    const topic = Math.floor(row / 3) % 2 === 0 ? 'roads' : 'water';
    const tone = Math.floor(row / 6) % 3 === 0 ? 'angry' : 'calm';
    const words = said[code];
    return [row + 1, code, `"${row * 7}: ${words[topic]}, ${words[tone]}"`, topic, tone].join(',');
  });
  return `id,language,text,topic,tone\n${lines.join('\n')}\n`;
}
