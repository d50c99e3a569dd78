/** Bundled as amux is, and run by itself. Prints the times of frames in ms, and the processor time of one. */
import type {Row} from '../source/domain/screen.ts';
import {sessionOf} from '../test/cockpit/fake-fleet.ts';
import {openDrawing} from '../test/cockpit/fake-terminal.ts';

const SIZE = {cols: 200, rows: 50};
const FRAMES = 150;
/** As often as screens are captured at most, in ms. */
const BETWEEN_MS = 100;
const SESSIONS = 60;
const SETTLE_MS = 1500;

const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms));
const working = {agent: 'generic', activity: 'working', activity_since: 0} as const;
const sessions = Array.from({length: SESSIONS}, (_, i) => {
  const name = `s${String(i + 1).padStart(2, '0')}`;
  return sessionOf({name, preview: `${name} is at work`, ...working});
});

const drawing = await openDrawing({...SIZE, sessions, clock: Date.now});
await pause(SETTLE_MS);
const times: number[] = [];
const before = process.cpuUsage();
for (let i = 0; i < FRAMES; i++) {
  await pause(BETWEEN_MS);
  const begun = performance.now();
  await drawing.show(screenAt(i));
  times.push(performance.now() - begun);
}
const {user, system} = process.cpuUsage(before);
await drawing.end();
// What is compiled first is no measure.
console.log(JSON.stringify({times: times.slice(FRAMES / 10), cpu: (user + system) / 1000 / FRAMES}));

/** A screen full of coloured words that scrolls by a line. */
function screenAt(frame: number): Row[] {
  return Array.from({length: SIZE.rows - 5}, (_, y) => {
    const number = frame + y;
    return [
      {text: `${String(number).padStart(6)} `, style: {dim: true}},
      {text: `word${number % 7} `, style: {fg: 16 + (number % 200), bold: true}},
      {text: 'of the work that is going on here ', style: {}},
      {text: `const key${number} = request.headers`, style: {fg: '#9fd3a8'}},
    ] satisfies Row;
  });
}
