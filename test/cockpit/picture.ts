import assert from 'node:assert/strict';
import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';

/** Compares painted lines with the picture that is kept as text. One that is removed is drawn anew, for a person to look at. */
export function comparePicture(lines: readonly string[], {directory, name}: {directory: string; name: string}): void {
  const picture = `${lines.map(line => line.replace(/\x1b\[[\d;]*m/g, '').trimEnd()).join('\n')}\n`;
  const place = new URL(`${directory}/`, import.meta.url);
  const file = new URL(`${name}.txt`, place);
  if (!existsSync(file)) {
    mkdirSync(place, {recursive: true});
    writeFileSync(file, picture);
    assert.fail(`${file.pathname} was missing and is there now: look at it`);
  }
  assert.equal(picture, readFileSync(file, 'utf8'));
}
