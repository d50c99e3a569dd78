import {z} from 'zod';
import {
  type DesktopWay,
  desktopWays,
  type NoticeKind,
  type NoticeSettings,
  noticeKinds,
  type WebhookSettings,
} from '../domain/notices.ts';
import {referencesIn, replaceReferences} from '../domain/references.ts';
import {maskSecret} from './variables.ts';

const WEBHOOKS_MAX = 20;
/** The end of a turn is no reason to ring: there are many, and nobody is waited for. */
const RINGS: readonly NoticeKind[] = ['waiting', 'failed', 'limit', 'budget'];

const kinds = z.array(z.enum(noticeKinds)).max(noticeKinds.length);

/** What holds references is looked at when they are expanded. */
const url = z
  .string()
  .max(4096)
  .refine(text => referencesIn([text]).length > 0 || isWebhookUrl(text), {
    message: 'expected an http or https URL without a user, or a reference to a variable',
  });

const webhook = z.strictObject({
  // biome-ignore lint/suspicious/noTemplateCurlyInString: that is how references are written.
  url: url.describe('Where notices are posted; ${NAME} is taken from the environment of the supervisor'),
  secret: z
    .string()
    .max(4096)
    .nullish()
    // biome-ignore lint/suspicious/noTemplateCurlyInString: that is how references are written.
    .describe('Signs each notice (HMAC-SHA256); ${NAME} is taken from the environment of the supervisor, never stored'),
  on: kinds.nullish().describe('What it is told; default: what `on` beside it says'),
});

/** How people are told of what they do not look at. */
export const noticesSchema = z
  .strictObject({
    on: kinds.default([...noticeKinds]).describe('What desktops and webhooks are told'),
    bell: z
      .union([z.boolean(), kinds])
      .default([...RINGS])
      .describe('What rings the bell of the terminal that an open cockpit is in; true: what `on` says; false: nothing'),
    desktop: z
      .enum(desktopWays)
      .default('auto')
      .describe(
        'How desktop notices are shown: by the terminal of an open cockpit (OSC 9 or 777), or by notify-send; auto: by notify-send where the supervisor has a desktop, else and over SSH by the terminal',
      ),
    webhooks: z.array(webhook).max(WEBHOOKS_MAX).default([]).describe('URLs that notices are posted to as JSON'),
  })
  .prefault({})
  .transform(
    ({on, bell, desktop, webhooks}): NoticeSettings => ({
      on,
      bell: bell === true ? [...on] : bell === false ? [] : bell,
      desktop: desktop satisfies DesktopWay,
      webhooks: webhooks.map(
        (hook): WebhookSettings => ({
          url: hook.url,
          secret: hook.secret ?? null,
          on: hook.on ?? [...on],
        }),
      ),
    }),
  );

/** Credentials in a URL end up in logs; none is sent from there. */
export function isWebhookUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const {protocol, username, password} = new URL(text);
  return (protocol === 'http:' || protocol === 'https:') && username === '' && password === '';
}

/** As they may be shown: the path of such a URL often is its secret. */
export const maskNotices = (notices: NoticeSettings): NoticeSettings => ({
  ...notices,
  webhooks: notices.webhooks.map(hook => ({
    ...hook,
    url: maskUrl(hook.url),
    secret: hook.secret === null ? null : maskSecret('SECRET', hook.secret),
  })),
});

function maskUrl(text: string): string {
  // A text of references alone says nothing.
  if (replaceReferences(text, () => '') === '') return text;
  const [, origin, rest = ''] = /^(https?:\/\/[^/?#]*)(.*)$/s.exec(text) ?? [];
  if (origin === undefined) return '***';
  return rest === '' || rest === '/' ? text : `${origin}/***`;
}
