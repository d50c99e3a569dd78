import assert from 'node:assert/strict';
import {describe, test} from 'node:test';
import stringWidth from 'string-width';
import {CockpitTerminal} from './terminal.ts';

const wide = /^ 1h \[24h\] 7d {2}30d {3}by \[session\] model {2}agent {2}tag {2}day +2\.61M tok {2}~\$6\.38$/;
const sizes = [
  {cols: 40, rows: 20, title: /^ 24h by session +2\.61M tok {2}~\$6\.38$/, chart: null, bars: null},
  {
    cols: 60,
    rows: 30,
    title: /^ 24h by session +2\.61M tok {2}~\$6\.38$/,
    chart: /^ tokens per hour +most 820k$/,
    bars: null,
  },
  {
    cols: 80,
    rows: 24,
    title: wide,
    chart: /^ tokens per hour +most 820k {2}by model$/,
    bars: /claude-opus… ▓{8} {2}1\.90M$/,
  },
  {
    cols: 120,
    rows: 40,
    title: wide,
    chart: /^ tokens per hour +most 820k {2}by model$/,
    bars: /claude-opus-5-5 +▓{16} {2}1\.90M$/,
  },
  {
    cols: 200,
    rows: 50,
    title: wide,
    chart: /^ tokens per hour +most 820k {2}by model$/,
    bars: /claude-opus-5-5 +▓+ {2}1\.90M$/,
  },
];

describe('what was spent in a real terminal', {concurrency: 2}, () => {
  for (const {cols, rows, title, chart, bars} of sizes) {
    test(`${cols}×${rows}: the table is in its place, the chart where there is room, and keys change both`, async () => {
      await using terminal = new CockpitTerminal({cols, rows});
      await terminal.expectRow(/payments/);
      terminal.press('4');
      await terminal.expectRow(title);
      await terminal.expectRow(/^ payments .* 1\.24M .*~\$3\.10/);
      await terminal.expectRow(/^ 批量导入 .* 90\.4k .*~\$0\.10\*/);
      await terminal.expectRow(/^ total .* 2\.61M .*~\$6\.38\*/);
      await terminal.expectRow(/^ api +▓+ 107% /);
      if (chart === null) assert.ok(!terminal.rows().some(row => /tokens per/.test(row)));
      else {
        await terminal.expectRow(chart);
        await terminal.expectRow(/^1\.00M │/);
        await terminal.expectRow(/^ +15:00 +\d\d:00 /);
      }
      if (bars !== null) await terminal.expectRow(bars);
      await terminal.expectRow(/^ b by model {2}h l span .*\? help/);
      for (const row of terminal.rows()) assert.ok(stringWidth(row) <= cols, row);
      terminal.press('bl');
      await terminal.expectRow(/^ model .*total .*cost$/);
      await terminal.expectRow(cols < 80 ? /^ 7d by model / : /^ 1h {2}24h \[7d\] 30d {3}by {2}session \[model\]/);
      if (chart !== null) await terminal.expectRow(/^ +04-28 +(04-29|04-30) /);
      terminal.resize(cols + 20, rows - 4);
      await terminal.expectRow(/^ b by agent .*\? help/);
      await terminal.expectRow(/^ claude-opus-5-5 .* 1\.90M .*~\$4\.75/);
      terminal.press('1');
      await terminal.expectRow(/space send/);
    });
  }
});
