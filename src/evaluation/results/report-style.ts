/** The page's style: one column of text, pictures in as many columns as fit, light and dark, and for paper. */
export const reportStyle = `
:root {
	color-scheme: light dark;
	--paper: #fcfcfa; --raised: #ffffff; --ink: #1d2127; --faint: #5d6570; --rule: #dfe2e6;
	--met: #cfe8dc; --missed: #d9603b; --lost: #e4e6ea; --missed-ink: #b23f1b;
	--agent-0: #2f6db5; --agent-1: #c9711a; --agent-2: #2e8b6a; --agent-3: #b0487e;
	--agent-4: #6b57b8; --agent-5: #8a7a18; --agent-6: #4a8fa3; --agent-7: #7d6a5d;
}
@media (prefers-color-scheme: dark) {
	:root {
		--paper: #14171c; --raised: #1b1f26; --ink: #e6e8eb; --faint: #a0a8b3; --rule: #343a44;
		--met: #24483c; --missed: #e0693f; --lost: #2c313a; --missed-ink: #ff9a76;
		--agent-0: #6ba6ea; --agent-1: #eda05a; --agent-2: #5cc09b; --agent-3: #e288b4;
		--agent-4: #a596ee; --agent-5: #cbbb55; --agent-6: #7fc4d8; --agent-7: #bda797;
	}
}
@media print {
	:root {
		color-scheme: light;
		--paper: #ffffff; --raised: #ffffff; --ink: #000000; --faint: #444444; --rule: #cccccc;
		--met: #e3efe8; --missed: #c4502c; --lost: #eeeeee; --missed-ink: #a03411;
		--agent-0: #2f6db5; --agent-1: #c9711a; --agent-2: #2e8b6a; --agent-3: #b0487e;
		--agent-4: #6b57b8; --agent-5: #8a7a18; --agent-6: #4a8fa3; --agent-7: #7d6a5d;
	}
	* { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
* { box-sizing: border-box; }
body {
	margin: 0; background: var(--paper); color: var(--ink);
	font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
	-webkit-text-size-adjust: 100%;
}
main, header, nav, footer { max-width: 78rem; margin: 0 auto; padding: 0 1rem; }
header { padding-top: 2.2rem; }
footer { padding-bottom: 3rem; color: var(--faint); font-size: .88rem; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 .4rem; letter-spacing: -.01em; }
h2 { font-size: 1.3rem; margin: 2.8rem 0 .6rem; padding-top: .9rem; border-top: 1px solid var(--rule); overflow-wrap: anywhere; }
h3 { font-size: 1.02rem; margin: 1.8rem 0 .4rem; }
p, ul { max-width: 46rem; margin: .4rem 0; }
.faint, figcaption, .note { color: var(--faint); }
a { color: inherit; text-underline-offset: .2em; }
nav ul { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; }
nav li { min-width: 0; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: .9rem 1.4rem; margin: 1.2rem 0; }
dt { color: var(--faint); font-size: .82rem; }
dd { margin: 0; font-size: 1.25rem; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
dd small { font-size: .82rem; color: var(--faint); }
.pictures { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 21rem), 1fr)); gap: 1.4rem 1.6rem; align-items: start; margin: .8rem 0; }
.pictures.pair { grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); }
.pair > div { min-width: 0; }
figure { margin: 0; min-width: 0; }
figure svg { display: block; width: 100%; max-width: 28rem; height: auto; }
figcaption { font-size: .88rem; line-height: 1.4; margin: 0 0 .4rem; overflow-wrap: anywhere; }
figcaption b { color: var(--ink); font-weight: 600; }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; padding: 0; margin: .5rem 0; list-style: none; font-size: .9rem; }
.legend li { display: flex; align-items: center; gap: .4rem; overflow-wrap: anywhere; }
.legend svg { width: 12px; height: 12px; flex: none; }
.letter { display: inline-block; width: 1.35em; height: 1.35em; border-radius: 50%; background: var(--ink); color: var(--paper); font-size: .72rem; font-weight: 700; line-height: 1.35em; text-align: center; }
.wide { overflow-x: auto; margin: .6rem 0; }
table { border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--faint); padding-bottom: .3rem; }
th, td { padding: .32rem .9rem .32rem 0; text-align: right; vertical-align: top; border-bottom: 1px solid var(--rule); white-space: nowrap; }
th:first-child, td:first-child { text-align: left; }
thead th { color: var(--faint); font-weight: 500; white-space: normal; vertical-align: bottom; min-width: 5.2rem; max-width: 12rem; overflow-wrap: break-word; }
thead th:first-child, tbody th { position: sticky; left: 0; background: var(--paper); padding-right: .9rem; }
tbody th { font-weight: 500; white-space: normal; overflow-wrap: break-word; min-width: 8.5rem; max-width: 14rem; }
td.text { text-align: left; white-space: normal; overflow-wrap: anywhere; min-width: 14rem; }
td small { color: var(--faint); font-size: .86em; }
details { margin: .4rem 0; font-size: .92rem; }
summary { cursor: pointer; color: var(--faint); }
@media print {
	body { font-size: 10pt; }
	nav { display: none; }
	figure, tr { break-inside: avoid; }
	h2, h3 { break-after: avoid; }
	.wide { overflow: visible; }
	.wide table { font-size: 7pt; }
	.wide :is(th, td) { white-space: normal; min-width: 0; padding-right: .5rem; position: static; }
}
`;
