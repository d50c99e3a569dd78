import {createPrivateKey, X509Certificate} from 'node:crypto';
import {cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';

/** The certificate that the first test home of this month made: to make one is a third of what the first start in a home takes. */
const KEPT = fileURLToPath(
  new URL(`../../node_modules/.cache/amux-test-certificate-${new Date().toISOString().slice(0, 7)}`, import.meta.url),
);

/** Gives a new home the certificate of another test home, if there was one. */
export function putKept(home: string): void {
  if (!existsSync(KEPT)) return;
  mkdirSync(join(home, 'tls'), {mode: 0o700});
  cpSync(KEPT, join(home, 'tls'), {recursive: true});
}

/** Keeps the certificate of a home that is about to be removed, if it is the first. */
export function keep(home: string): void {
  const made = join(home, 'tls');
  if (existsSync(KEPT) || !existsSync(join(made, 'cert.pem'))) return;
  mkdirSync(dirname(KEPT), {recursive: true});
  const unfinished = mkdtempSync(`${KEPT}-`);
  try {
    cpSync(made, unfinished, {recursive: true});
    const [cert, key] = ['cert.pem', 'key.pem'].map(name => readFileSync(join(unfinished, name))) as [Buffer, Buffer];
    if (!new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))) throw new Error('damaged by a test');
    renameSync(unfinished, KEPT);
  } catch {
    rmSync(unfinished, {recursive: true}); // Another one was the first, or it is none.
  }
}
