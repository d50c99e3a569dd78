import {fileURLToPath} from 'node:url';

/** Where the tests and what they test lie without their types, under the same names. */
export const TRANSFORMED = fileURLToPath(new URL('../node_modules/.cache/amux-tests', import.meta.url));
