import {ruleOf} from '../../source/agents/rule-data.ts';

/** Searches with a rule of a file that takes some ms, until it is told to end; then says how it went. */
const slow: string[] = [];
const rule = ruleOf({rule: 'some ms', in: 'bottom', pattern: '^(a+)+$', says: 'working'}, name => slow.push(name));
const text = `${'a'.repeat(19)}!`;
let goesOn = true;
process.once('message', () => {
  goesOn = false;
});
process.send!('ready');
let searches = 0;
while (goesOn) {
  rule.search!(text, rule.pattern);
  searches++;
  await new Promise(resolve => setImmediate(resolve));
}
process.send!({slow, searches}, () => process.disconnect());
