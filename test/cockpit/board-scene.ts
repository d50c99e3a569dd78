import type {CardView} from '../../source/domain/board.ts';
import {baseColumns} from '../../source/domain/columns.ts';
import {SCENE_NOW} from './scene.ts';

const ago = (seconds: number): number => Math.floor(SCENE_NOW / 1000) - seconds;

export function cardOf(change: Partial<CardView> & {id: string}): CardView {
  return {
    title: 'a task',
    desc: '',
    status: 'todo',
    session: null,
    priority: 0,
    tags: [],
    created_at: ago(7200),
    updated_at: ago(3600),
    claim: null,
    project: null,
    position: Number(change.id.replace(/\D/g, '')),
    depends_on: [],
    links: [],
    archived: false,
    etag: '1',
    history: [{at: ago(7200), actor: 'cli', change: 'added to todo', reason: '', old: {}}],
    ...change,
  };
}

export const claimOf = (holder: string, {since, expired = false}: {since: number; expired?: boolean}) => ({
  holder,
  holder_id: `id-${holder}`,
  since: ago(since),
  heartbeat: ago(expired ? 2100 : 60),
  expires: ago(expired ? 300 : -1740),
  expired,
  fence: 3,
});

const titles = [
  'Rate-limit the login endpoint per account and address',
  'Dark theme',
  'Retry webhooks with back-off',
  '批量导入客户数据并检查重复项',
  'Refund e-mail in the customer’s language',
  'Export as CSV',
  'Fix flaky test of the queue',
  'Upgrade Node',
];
const sizes: Record<string, number> = {backlog: 7, todo: 5, doing: 3, review: 2, done: 21};

/** The shop's board in the middle of an afternoon. */
export function sceneCards(): CardView[] {
  const cards: CardView[] = [];
  for (const status of baseColumns) {
    for (let i = 0; i < sizes[status]!; i++) {
      const n = cards.length + 1;
      cards.push(cardOf({id: `${n % 3 === 0 ? 'SHOP' : 'AMX'}-${n}`, title: titles[(n * 5) % titles.length]!, status}));
    }
  }
  const [first, second, third] = cards.filter(({status}) => status === 'doing');
  Object.assign(first!, {title: 'Idempotent refunds: a key for each request', session: 'payments'});
  first!.claim = claimOf('payments', {since: 660});
  second!.claim = claimOf('search-and-recommend', {since: 5400, expired: true});
  third!.session = 'docs';
  const [review] = cards.filter(({status}) => status === 'review');
  Object.assign(review!, {session: 'infra', links: ['https://example.org/shop/pull/247']});
  return cards;
}
