import type {Asked, Decision, Request} from '../domain/approvals.ts';
import {list, record, text} from './unknown.ts';

/** The longest text of a request's input: the diff of a whole file would be journaled with each change. */
const INPUT_MAX = 4000;
const TITLE_MAX = 300;

type Body = Record<string, unknown>;

export function askedPermission(given: unknown): Asked {
  const body = record(given);
  const tool = text(body['permission']);
  const input = record(body['metadata']);
  return {
    ref: text(body['id']),
    kind: 'permission',
    tool,
    input: bounded(input),
    title: titleOf(tool, input, list(body['patterns']).map(text)).slice(0, TITLE_MAX),
    suggestions: list(body['always']),
    choices: [],
  };
}

export function askedQuestion(given: unknown): Asked {
  const body = record(given);
  const questions = list(body['questions']);
  const title = questions.map(each => text(record(each)['question'])).join(' · ');
  return {
    ref: text(body['id']),
    kind: 'question',
    tool: 'question',
    input: bounded({questions}),
    title: title.slice(0, TITLE_MAX),
    suggestions: [],
    choices: [],
  };
}

/** What is posted to settle a request. */
export function answerOpencode({ref, kind, input}: Request, decision: Decision): {path: string; body: unknown} | null {
  if (ref === null || decision.input !== undefined) return null;
  const {behaviour, message} = decision;
  if (kind !== 'question') {
    const reply = {allow: 'once', always: 'always', deny: 'reject'}[behaviour];
    const feedback = behaviour === 'deny' && message !== undefined && message !== '' ? {message} : {};
    return {path: `/permission/${encodeURIComponent(ref)}/reply`, body: {reply, ...feedback}};
  }
  if (behaviour === 'deny') return {path: `/question/${encodeURIComponent(ref)}/reject`, body: {}};
  const questions = list(record(input)['questions']);
  // Several questions at once need an answer each: those are answered in its dialog.
  if (questions.length !== 1 || decision.answer === undefined) return null;
  const offered = list(record(questions[0])['options']).map(option => text(record(option)['label']));
  const answer = offered[Number(decision.answer) - 1] ?? decision.answer;
  return {path: `/question/${encodeURIComponent(ref)}/reply`, body: {answers: [[answer]]}};
}

/** Why a turn failed; null: a person interrupted it. */
export function failureOf(error: Body): {kind: string; message: string} | null {
  const name = text(error['name']);
  if (name === 'MessageAbortedError') return null;
  const data = record(error['data']);
  const status = Number(data['statusCode']);
  const said = (text(data['message']) || name || 'the turn failed').slice(0, TITLE_MAX);
  // What the model's provider says does not tell what of it may pass.
  const message = status >= 400 && !said.includes(String(status)) ? `${said} (${status})` : said;
  return {kind: kindOf(name, status, message), message};
}

function kindOf(name: string, status: number, message: string): string {
  if (name === 'ContextOverflowError') return 'context';
  if (name === 'ProviderAuthError' || status === 401 || status === 403) return 'login';
  if (status === 429 || status === 402 || /rate limit|usage limit|quota/i.test(message)) return 'limit';
  return '';
}

function titleOf(tool: string, input: Body, patterns: string[]): string {
  if (tool === 'external_directory') return `access to ${patterns.join(', ')}`;
  const what = text(input['command']) || text(input['filepath']) || text(input['url']) || patterns.join(', ');
  return what === '' ? tool : `${tool}: ${what}`;
}

/** The same with its longest texts cut. */
function bounded(value: unknown): unknown {
  if (typeof value === 'string') return value.length > INPUT_MAX ? `${value.slice(0, INPUT_MAX)}…` : value;
  if (Array.isArray(value)) return value.map(bounded);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, bounded(each)]));
}
