// Loaded before a program, by NODE_OPTIONS="--import URL?file=FILE": its clock is off by as many ms as the file says.
import {readFileSync} from 'node:fs';

const file = new URL(import.meta.url).searchParams.get('file');
const RealDate = Date;
const realNow = Date.now;
/** Between two looks at the file, in ms. */
const LOOK_MS = 20;
let looked = Number.NEGATIVE_INFINITY;
let offset = 0;

function now() {
  const at = performance.now();
  if (at - looked >= LOOK_MS) {
    looked = at;
    offset = Number(readFileSync(file, 'utf8'));
  }
  return realNow.call(RealDate) + offset;
}

globalThis.Date = class ShiftedDate extends RealDate {
  constructor(...given) {
    super(...(given.length === 0 ? [now()] : given));
  }

  static now() {
    return now();
  }
};
