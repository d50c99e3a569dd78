import {createPrivateKey, X509Certificate} from 'node:crypto';
import {mkdirSync, readFileSync, renameSync, rmSync, writeFileSync} from 'node:fs';
import {dirname} from 'node:path';
import {AmuxError} from '../domain/errors.ts';

/** Programs for macOS and iOS take no certificate that is valid for longer, in days. */
const VALID_DAYS = 825;
/** One that ends within this time is remade at the next start, in days. */
const LEFT_DAYS = 30;
const DAY_MS = 86_400_000;

export type CertificateFiles = {certificate: string; certificateKey: string};
/** Both as PEM; `fingerprint` is the certificate's SHA-256, `AB:CD:…`. */
export type Certificate = {cert: string; key: string; fingerprint: string};

/** The home's own certificate, made when there is none that can be used; `notice` says why one had to be remade. */
export async function homeCertificate(
  files: CertificateFiles,
  now: number,
): Promise<{certificate: Certificate; notice: string | null}> {
  const found = readKept(files, now);
  if (typeof found === 'object') return {certificate: found, notice: null};
  const certificate = await make(now);
  write(files, certificate);
  const notice = found === 'missing' ? null : `the certificate of the API was remade: ${found}`;
  return {certificate, notice};
}

/** A certificate that people brought. Throws `certificate.unusable`. */
export function givenCertificate({certificate, certificateKey}: CertificateFiles): Certificate {
  const [cert, key] = [certificate, certificateKey].map(file => {
    try {
      return readFileSync(file, 'utf8');
    } catch (error) {
      throw unusable(file, error);
    }
  }) as [string, string];
  try {
    return checked(cert, key);
  } catch (error) {
    throw unusable(certificate, error);
  }
}

const unusable = (file: string, error: unknown): AmuxError =>
  new AmuxError(
    'certificate.unusable',
    {file, why: (error as Error).message, next: '--cert and --key take PEM files that belong together'},
    error,
  );

/** Why it cannot be used; `missing` is no fault. */
function readKept(files: CertificateFiles, now: number): Certificate | string {
  try {
    const kept = checked(readFileSync(files.certificate, 'utf8'), readFileSync(files.certificateKey, 'utf8'));
    const end = Date.parse(new X509Certificate(kept.cert).validTo);
    if (end - now > LEFT_DAYS * DAY_MS) return kept;
    return end > now ? 'it would have expired soon' : 'it had expired';
  } catch (error) {
    const {code, message} = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? 'missing' : `it could not be read (${message})`;
  }
}

function checked(cert: string, key: string): Certificate {
  const parsed = new X509Certificate(cert);
  if (!parsed.checkPrivateKey(createPrivateKey(key))) throw new Error('the key is not the one of the certificate');
  return {cert, key, fingerprint: parsed.fingerprint256};
}

async function make(now: number): Promise<Certificate> {
  const {selfSigned} = await import('./self-signed.ts'); // Needed once in two years.
  const {cert, key} = await selfSigned({now, days: VALID_DAYS});
  return checked(cert, key);
}

/** The key first: a certificate without its key is remade. */
function write(files: CertificateFiles, {cert, key}: Certificate): void {
  for (const [file, text] of [
    [files.certificateKey, key],
    [files.certificate, cert],
  ] as const) {
    const unfinished = `${file}.${process.pid}.new`;
    try {
      mkdirSync(dirname(file), {recursive: true, mode: 0o700});
      rmSync(unfinished, {force: true});
      writeFileSync(unfinished, text, {mode: 0o600, flag: 'wx'});
      renameSync(unfinished, file);
    } catch (error) {
      rmSync(unfinished, {force: true});
      throw new AmuxError('store.write', {file, why: (error as Error).message}, error);
    }
  }
}
