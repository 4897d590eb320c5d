import fs from 'node:fs';

const BEGIN = '<!-- figures: begin (written by npm run bench -- --write) -->';
const END = '<!-- figures: end -->';

/** Progress on stderr, results on stdout as Markdown; `writeInto` puts the same results between the marks of a document. */
export function createPrinter() {
  const printed = [];
  const print = (text) => {
    printed.push(text);
    console.log(text);
  };
  return {
    title: (text) => print(`${text}\n`),
    note: (text) => console.error(`• ${text}`),
    result({ title, columns, rows, remarks = [] }) {
      print(`### ${title}\n`);
      const cells = [columns, columns.map(() => '---'), ...rows.map((row) => row.map(String))];
      const widths = columns.map((_, at) => Math.max(3, ...cells.map((row) => row[at].length)));
      for (const row of cells) {
        const padded = row.map((cell, at) => (cell === '---' ? '-'.repeat(widths[at]) : cell.padEnd(widths[at])));
        print(`| ${padded.join(' | ')} |`);
      }
      for (const remark of remarks) print(`\n${remark}`);
      print('');
    },
    writeInto(file) {
      const text = fs.readFileSync(file, 'utf8');
      const begin = text.indexOf(BEGIN);
      const end = text.indexOf(END);
      if (begin < 0 || end < begin) throw new Error(`${file} lacks the marks of the figures`);
      fs.writeFileSync(file, `${text.slice(0, begin)}${BEGIN}\n\n${printed.join('\n').trim()}\n\n${text.slice(end)}`);
    },
  };
}

export const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/** `min / median / max` */
export const spread = (values, digits = 2) =>
  [Math.min(...values), median(values), Math.max(...values)].map((value) => value.toFixed(digits)).join(' / ');
