import type {Backend} from '../backends/backend.ts';
import {encodeKeys} from '../terminal/keys.ts';

/** Two keys at once may be read as a third, or as a paste, in ms. */
const KEY_PAUSE_MS = 150;

type Pressing = {
  backend: Pick<Backend, 'capture' | 'write'>;
  id: string;
  keys: readonly string[];
  /** Comes before each key; what it throws keeps that one and the rest from being pressed. */
  before?: () => void;
};

/** Presses keys one after the other, like a person: an Escape right before a letter would be Alt with that letter. */
export async function press({backend, id, keys, before = () => {}}: Pressing): Promise<void> {
  const {modes} = await backend.capture(id);
  // A slip in the last one is told before the first one is pressed.
  const presses = keys.map(key => encodeKeys([key], modes));
  for (const [index, bytes] of presses.entries()) {
    if (index > 0) await new Promise(resolve => setTimeout(resolve, KEY_PAUSE_MS));
    before();
    await backend.write(id, bytes);
  }
}
