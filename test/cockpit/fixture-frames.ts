/** Draws the same frames each time it is run, and prints what it wrote for each as JSON. */
import type {Row} from '../../source/domain/screen.ts';
import {openDrawing} from './fake-terminal.ts';
import {SCENE_NOW, sceneSessions} from './scene.ts';

const words = [
  'plain text',
  '批量导入 日本語',
  '👩‍🚀 e\u0301 ❤️ 👍🏽',
  '─│╭╮ ▁▂▃ ◆▶✓ …',
  'שלום عربى',
  '한국어 ﾊﾟ',
  '\t\u00ad\u200b.',
];
const styles = [{}, {bold: true}, {fg: 3, inverse: true}, {fg: '#9fd3a8', bg: 17}, {dim: true, strike: true}] as const;

// The one that is selected: it needs a person.
const sessions = sceneSessions().sort((a, b) => Number(b.name === 'payments') - Number(a.name === 'payments'));
const drawing = await openDrawing({cols: 200, rows: 50, sessions, clock: () => SCENE_NOW});
const written: string[] = [];
for (let frame = 0; frame < 40; frame++) {
  const lines = Array.from({length: 45}, (_, y): Row => {
    const at = frame + (y % 2 === 0 ? y : 0);
    return [at, at * 3, at * 7].map(i => ({
      text: `${words[i % words.length]} ${at} `,
      style: styles[i % styles.length]!,
    }));
  });
  await drawing.show(lines);
  written.push(drawing.written());
  await new Promise(resolve => setTimeout(resolve, 20));
}
await drawing.end();
console.log(JSON.stringify(written));
