/** The look of the inbox. */
export const INBOX_STYLE = `
:root { --ink: #1b2230; --soft: #566074; --line: #d3d9e4; --paper: #fff; --ground: #f3f5f9; --act: #1f4fd8; --mark: #7a3b00; --mark-ground: #ffe8c2; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
.mark { margin: 0; padding: 0.5rem 1rem; background: var(--mark-ground); color: var(--mark); text-align: center; font-weight: 700; border-block-end: 2px solid var(--mark); }
.skip { position: absolute; inset-inline-start: -100vw; }
.skip:focus { inset-inline-start: 0.5rem; inset-block-start: 0.5rem; background: var(--paper); padding: 0.5rem; }
main { max-inline-size: 64rem; margin-inline: auto; padding: 1.5rem 1rem 3rem; }
h1 { font-size: 1.6rem; margin: 0 0 1rem; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; margin: 1.5rem 0 0.5rem; }
form.search { display: flex; flex-wrap: wrap; gap: 0.5rem; align-items: end; margin-block-end: 1rem; }
form.search div { flex: 1 1 16rem; }
label { display: block; font-weight: 600; margin-block-end: 0.25rem; }
input { inline-size: 100%; padding: 0.5rem 0.75rem; font: inherit; border: 1px solid #8a94a8; border-radius: 0.5rem; background: var(--paper); color: inherit; }
button, .button { display: inline-block; padding: 0.5rem 1rem; font: inherit; font-weight: 600; border-radius: 0.5rem; border: 1px solid var(--act); background: var(--act); color: #fff; cursor: pointer; text-decoration: none; }
.plain { background: var(--paper); color: var(--act); }
:focus-visible { outline: 3px solid var(--act); outline-offset: 2px; }
a { color: var(--act); }
.bar { display: flex; justify-content: space-between; align-items: center; gap: 1rem; flex-wrap: wrap; margin-block-end: 0.75rem; color: var(--soft); }
.sheet { background: var(--paper); border: 1px solid var(--line); border-radius: 0.75rem; overflow: hidden; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; inline-size: 100%; }
caption { text-align: start; padding: 0.5rem 0.75rem; color: var(--soft); }
th, td { text-align: start; padding: 0.6rem 0.75rem; border-block-start: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
th { color: var(--soft); font-size: 0.85rem; font-weight: 600; white-space: nowrap; }
td.when { white-space: nowrap; color: var(--soft); font-variant-numeric: tabular-nums; }
.empty { padding: 2.5rem 1rem; text-align: center; color: var(--soft); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.25rem 1rem; margin: 0; padding: 1rem; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
iframe { display: block; inline-size: 100%; block-size: 38rem; border: 0; background: #fff; }
pre { margin: 0; padding: 1rem; white-space: pre-wrap; overflow-wrap: anywhere; font: 0.9rem/1.5 ui-monospace, "DejaVu Sans Mono", monospace; }
ul { margin: 0; padding-block: 0.75rem; }
summary { cursor: pointer; padding: 0.75rem 1rem; font-weight: 600; }
`;
