/** Prints progress to stderr and results to stdout, as tables that can be pasted into Markdown. */
export function createPrinter() {
  return {
    title: (text) => console.log(`${text}\n`),
    note: (text) => console.error(`• ${text}`),
    result({ title, columns, rows, remarks = [] }) {
      console.log(`### ${title}\n`);
      const cells = [columns, columns.map(() => '---'), ...rows.map((row) => row.map(String))];
      const widths = columns.map((_, at) => Math.max(...cells.map((row) => row[at].length)));
      for (const row of cells) {
        const padded = row.map((cell, at) => (cell === '---' ? '-'.repeat(widths[at]) : cell.padEnd(widths[at])));
        console.log(`| ${padded.join(' | ')} |`);
      }
      for (const remark of remarks) console.log(`\n${remark}`);
      console.log('');
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
