/**
 * `npm run soak -- cockpit [MINUTES]`: does the cockpit grow while the fleet works and a person looks around?
 * `npm run soak -- day [MINUTES]`: does a fleet at high rate end all of its work, and the supervisor not grow?
 */
import {busyFleet, openAt} from './cockpit.ts';
import {day} from './day.ts';
import {type Figure, load, printFigures, saveFigures} from './figures.ts';
import {pause, residentBytes} from './processes.ts';
import {slope} from './slope.ts';

const MINUTES = 30;
/** What is loaded and compiled first is no growth, in minutes; half of a run that is shorter. */
const WARM = 5;
const LOOK_MS = 5000;
/** Looks between two measures, and how long a collection may take, in ms. */
const LOOKS = 6;
const COLLECTED_MS = 1000;
/** V8 gives nothing back while it need not: what is alive shows only after it was asked to collect. */
const COLLECTING = [
  '--expose-gc',
  '--import',
  'data:text/javascript,process.on("SIGUSR2",()=>gc({type:"major",flavor:"last-resort"}))',
];
/** What a person does meanwhile: walks, looks at other screens and comes back, changes the theme. */
const KEYS = ['j', 'j', 'k', '5', '1', 'v', 'v', 'z', '\x1b', 't', '2', '1', '?', '\x1b'];

const [what = 'cockpit', given = String(MINUTES)] = process.argv.slice(2);
const minutes = Number(given);
const soaks: Record<string, {saved: string; run: (minutes: number) => Promise<Figure[]>}> = {
  cockpit: {saved: 'soak', run: soak},
  day: {saved: 'soak day', run: each => day(each, line => console.log(`    ${line}`))},
};
const chosen = soaks[what];
if (chosen === undefined || !(minutes > 0)) {
  console.error('usage: npm run soak -- cockpit|day [MINUTES]');
  process.exit(2);
}
console.log(`${what}, ${minutes} minutes … (load ${load().toFixed(1)})`);
const figures = await chosen.run(minutes);
printFigures(figures);
// Shorter runs show that it works; their slope is that of the heap before it is full for the first time.
if (minutes >= MINUTES) saveFigures(chosen.saved, figures, new Date());

async function soak(minutes: number): Promise<Figure[]> {
  await using fleet = await busyFleet();
  const terminal = await openAt(fleet, 's01', COLLECTING);
  const samples: {minute: number; kilobytes: number}[] = [];
  try {
    const begun = performance.now();
    for (let i = 0; performance.now() - begun < minutes * 60_000; i++) {
      terminal.press(KEYS[i % KEYS.length]!);
      await pause(LOOK_MS);
      terminal.written.length = 0;
      if (i % LOOKS !== LOOKS - 1) continue;
      const before = residentBytes(terminal.pid) / 1024;
      process.kill(terminal.pid, 'SIGUSR2');
      await pause(COLLECTED_MS);
      const sample = {minute: (performance.now() - begun) / 60_000, kilobytes: residentBytes(terminal.pid) / 1024};
      samples.push(sample);
      const [was, is] = [before, sample.kilobytes].map(kilobytes => (kilobytes / 1024).toFixed(1));
      console.log(`    ${sample.minute.toFixed(1)} min  ${is} MB, before the collection ${was} MB`);
    }
  } finally {
    await terminal.end();
  }
  const warm = samples.filter(({minute}) => minute >= Math.min(WARM, minutes / 2));
  return [
    {name: 'memory of the cockpit at the end, collected', value: samples.at(-1)!.kilobytes / 1024, unit: 'MB'},
    {
      name: 'its slope once warm',
      value: slope(warm.map(({minute, kilobytes}) => ({x: minute, y: kilobytes}))),
      unit: 'KB/min',
      aim: 256,
    },
  ];
}
