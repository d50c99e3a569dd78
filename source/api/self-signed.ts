import {hostname} from 'node:os';
import {generate} from 'selfsigned';

const DAY_MS = 86_400_000;

/** A new key and its certificate, for this machine's names, as PEM. */
export async function selfSigned({now, days}: {now: number; days: number}): Promise<{cert: string; key: string}> {
  const names = [...new Set(['localhost', hostname()])].filter(name => /^[\w.-]+$/.test(name));
  const {cert, private: key} = await generate([{name: 'commonName', value: 'amux'}], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notBeforeDate: new Date(now - DAY_MS), // Clocks of other machines may be behind.
    notAfterDate: new Date(now + (days - 1) * DAY_MS),
    extensions: [
      {name: 'basicConstraints', cA: false, critical: true},
      {name: 'keyUsage', digitalSignature: true, critical: true},
      {name: 'extKeyUsage', serverAuth: true},
      {
        name: 'subjectAltName',
        altNames: [
          ...names.map(value => ({type: 2 as const, value})),
          {type: 7, ip: '127.0.0.1'},
          {type: 7, ip: '::1'},
        ],
      },
    ],
  });
  return {cert, key};
}
