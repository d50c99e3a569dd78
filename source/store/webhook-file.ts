import {readFileSync, renameSync, rmSync, writeFileSync} from 'node:fs';

const MAX_BYTES = 64 * 1024;

/** How far each webhook has been told, as a cursor of the journal; by a hash of its URL, which may be secret. */
export type WebhookCursors = Record<string, number>;

/** Empty where there is none, or it makes no sense: then only what comes from now on is told. */
export function readWebhookCursors({webhooks}: {webhooks: string}): WebhookCursors {
  try {
    const text = readFileSync(webhooks, 'utf8');
    const content: unknown = text.length > MAX_BYTES ? null : JSON.parse(text);
    if (typeof content !== 'object' || content === null) return {};
    return Object.fromEntries(
      Object.entries(content).filter((pair): pair is [string, number] => Number.isSafeInteger(pair[1])),
    );
  } catch {
    return {};
  }
}

/** Appears whole, for its owner only (0600). Throws what the system says. */
export function writeWebhookCursors({webhooks}: {webhooks: string}, cursors: WebhookCursors): void {
  const unfinished = `${webhooks}.${process.pid}.new`;
  try {
    writeFileSync(unfinished, `${JSON.stringify(cursors)}\n`, {mode: 0o600});
    renameSync(unfinished, webhooks);
  } catch (error) {
    rmSync(unfinished, {force: true});
    throw error;
  }
}
