import assert from 'node:assert/strict';
import {X509Certificate} from 'node:crypto';
import {mkdtempSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {test} from 'node:test';
import {type CertificateFiles, givenCertificate, homeCertificate} from '../../source/api/certificate.ts';
import {AmuxError} from '../../source/domain/errors.ts';

const NOW = Date.now();
const DAY = 86_400_000;

async function withFiles(use: (files: CertificateFiles, dir: string) => Promise<void>): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'amux-test-'));
  try {
    await use({certificate: join(dir, 'tls', 'cert.pem'), certificateKey: join(dir, 'tls', 'key.pem')}, dir);
  } finally {
    rmSync(dir, {recursive: true});
  }
}

test('the first start makes a certificate for this machine, private to its user, and the next ones keep it', () =>
  withFiles(async (files, dir) => {
    const {certificate, notice} = await homeCertificate(files, NOW);
    assert.equal(notice, null, 'nothing was lost');
    assert.equal(statSync(join(dir, 'tls')).mode & 0o777, 0o700);
    for (const file of Object.values(files)) assert.equal(statSync(file).mode & 0o777, 0o600);
    const parsed = new X509Certificate(certificate.cert);
    for (const name of ['localhost', '127.0.0.1', '::1']) {
      assert.ok(parsed.checkHost(name) ?? parsed.checkIP(name), `it is not for ${name}`);
    }
    assert.equal(parsed.publicKey.asymmetricKeyType, 'ec');
    assert.equal(certificate.fingerprint, parsed.fingerprint256);
    const days = (parsed.validToDate.getTime() - parsed.validFromDate.getTime()) / DAY;
    assert.ok(days <= 825, `clients refuse certificates of ${days} days`);
    assert.deepEqual(await homeCertificate(files, NOW + DAY), {certificate, notice: null});
  }));

test('one that cannot be used is remade, and why is told', () =>
  withFiles(async files => {
    const {certificate: first} = await homeCertificate(files, NOW);
    const late = await homeCertificate(files, NOW + 810 * DAY);
    assert.match(late.notice ?? '', /it would have expired soon/);
    assert.notEqual(late.certificate.fingerprint, first.fingerprint);

    writeFileSync(files.certificate, 'nonsense');
    const damaged = await homeCertificate(files, NOW);
    assert.match(damaged.notice ?? '', /it could not be read/);

    writeFileSync(files.certificateKey, first.key);
    assert.match((await homeCertificate(files, NOW)).notice ?? '', /the key is not the one of the certificate/);
    assert.equal((await homeCertificate(files, NOW)).notice, null);
  }));

test('a certificate that people bring is taken as it is, and refused with the file that is wrong', () =>
  withFiles(async (files, dir) => {
    const {certificate} = await homeCertificate(files, NOW);
    assert.deepEqual(givenCertificate(files), certificate);
    const missing = join(dir, 'none.pem');
    for (const wrong of [
      {...files, certificate: missing},
      {...files, certificateKey: files.certificate},
    ]) {
      assert.throws(
        () => givenCertificate(wrong),
        (error: unknown) => error instanceof AmuxError && error.code === 'certificate.unusable',
      );
    }
    assert.equal(readFileSync(files.certificate, 'utf8'), certificate.cert);
  }));
