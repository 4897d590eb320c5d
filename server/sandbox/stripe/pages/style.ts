/** The look of the hosted pages: one small sheet, no outside font or script. */
export const STYLE = `
:root { --ink: #1b2230; --soft: #5a6478; --line: #c9d0dc; --paper: #fff; --ground: #f3f5f9; --act: #1f4fd8; --act-ink: #fff; --bad: #a3161d; --bad-ground: #fdecec; --mark: #7a3b00; --mark-ground: #ffe8c2; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
.mark { margin: 0; padding: 0.6rem 1rem; background: var(--mark-ground); color: var(--mark); text-align: center; font-weight: 700; font-size: 1.15rem; border-block-end: 2px solid var(--mark); }
main { max-inline-size: 60rem; margin-inline: auto; padding: 2rem 1rem 3rem; display: grid; gap: 2rem; }
@media (min-width: 48rem) { main.two { grid-template-columns: 1fr 1fr; align-items: start; } }
main.one { max-inline-size: 32rem; }
h1 { font-size: 1.1rem; margin: 0; color: var(--soft); font-weight: 600; }
main.one h1 { font-size: 1.5rem; color: var(--ink); }
h2 { font-size: 1.25rem; margin: 0 0 1rem; }
.total { font-size: 2.25rem; font-weight: 700; margin: 0.25rem 0 1.25rem; font-variant-numeric: tabular-nums; }
.lines { list-style: none; margin: 0 0 1.5rem; padding: 0; }
.lines li { display: flex; justify-content: space-between; gap: 1rem; padding-block: 0.75rem; border-block-start: 1px solid var(--line); }
.lines small { display: block; color: var(--soft); }
.lines span:last-child { white-space: nowrap; font-variant-numeric: tabular-nums; }
.card { background: var(--paper); border: 1px solid var(--line); border-radius: 0.75rem; padding: 1.5rem; box-shadow: 0 1px 3px rgb(27 34 48 / 8%); }
.field { margin-block-end: 1rem; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 1rem; align-items: end; }
label { display: block; font-weight: 600; margin-block-end: 0.25rem; }
input { inline-size: 100%; padding: 0.65rem 0.75rem; font: inherit; color: inherit; background: var(--paper); border: 1px solid #8a94a8; border-radius: 0.5rem; }
input[aria-invalid="true"] { border-color: var(--bad); border-width: 2px; }
:focus-visible { outline: 3px solid var(--act); outline-offset: 2px; }
.hint { color: var(--soft); font-size: 0.9rem; margin: 0 0 1rem; }
button { inline-size: 100%; padding: 0.8rem 1rem; font: inherit; font-weight: 700; border-radius: 0.5rem; border: 2px solid var(--act); background: var(--act); color: var(--act-ink); cursor: pointer; }
button:hover { filter: brightness(0.92); }
button.plain { background: var(--paper); color: var(--bad); border-color: var(--bad); margin-block-start: 0.75rem; }
.problem { background: var(--bad-ground); border: 1px solid var(--bad); border-inline-start-width: 6px; color: var(--bad); border-radius: 0.5rem; padding: 0.75rem 1rem; margin-block-end: 1.25rem; }
.problem h2 { font-size: 1rem; margin: 0; }
.problem p { margin: 0; }
a { color: var(--act); }
details { margin-block-start: 1.25rem; }
summary { cursor: pointer; font-weight: 600; }
table { border-collapse: collapse; margin-block-start: 0.5rem; inline-size: 100%; font-size: 0.9rem; }
td, th { text-align: start; padding: 0.3rem 0.5rem 0.3rem 0; border-block-end: 1px solid var(--line); font-weight: 400; }
td { font-variant-numeric: tabular-nums; white-space: nowrap; }
`;
