/** As much of an OpenAPI document as the page tells. */
interface OpenApi {
	readonly info: { readonly title: string; readonly description?: string };
	readonly paths?: Readonly<
		Record<string, Readonly<Record<string, unknown>> | undefined>
	>;
}

interface Operation {
	readonly summary?: string;
	readonly tags?: readonly string[];
	readonly parameters?: readonly {
		readonly name: string;
		readonly description?: string;
	}[];
	readonly requestBody?: {
		readonly content?: Readonly<Record<string, { readonly schema?: Schema }>>;
	};
}

interface Schema {
	readonly properties?: Readonly<Record<string, Schema>>;
	readonly description?: string;
	readonly enum?: readonly (string | null)[];
}

/** What the gateway answers, as one page: made from the OpenAPI document alone, without a script and without a request to anywhere. */
export function docsPage(document: unknown): string {
	const { info, paths = {} } = document as OpenApi;
	const operations = Object.entries(paths).flatMap(([path, methods]) =>
		Object.entries(methods ?? {}).map(([method, operation]) => ({
			path,
			method: method.toUpperCase(),
			operation: operation as Operation,
		})),
	);
	const tags = [
		...new Set(operations.flatMap(({ operation }) => operation.tags ?? [])),
	];
	return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${text(info.title)}: HTTP</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${text(info.title)}</h1>
<p>${text(info.description ?? "")}</p>
<p>The same for programs: <a href="openapi.json">openapi.json</a>.</p>
<nav aria-label="Addresses">${tags.map((tag) => `<a href="#${text(tag)}">${text(tag)}</a>`).join(" ")}</nav>
${tags
	.map(
		(tag) => `<section id="${text(tag)}">
<h2>${text(tag)}</h2>
${operations
	.filter(({ operation }) => operation.tags?.includes(tag))
	.map(toArticle)
	.join("\n")}
</section>`,
	)
	.join("\n")}
</main>
</body>
</html>
`;
}

function toArticle({
	path,
	method,
	operation,
}: {
	readonly path: string;
	readonly method: string;
	readonly operation: Operation;
}): string {
	const [content] = Object.values(operation.requestBody?.content ?? {});
	const rows = [
		...(operation.parameters ?? []).map(({ name, description }) =>
			toRow(name, { ...(description && { description }) }),
		),
		...Object.entries(content?.schema?.properties ?? {}).map(([name, schema]) =>
			toRow(name, schema),
		),
	];
	return `<article>
<h3><code>${method} ${text(path)}</code></h3>
<p>${text(operation.summary ?? "")}</p>
${rows.length === 0 ? "" : `<dl>${rows.join("")}</dl>`}
</article>`;
}

function toRow(
	name: string,
	{ description = "", enum: values }: Schema,
): string {
	const choices = values?.filter((value) => value !== null).join(", ");
	const told = [description, choices && `One of ${choices}.`]
		.filter(Boolean)
		.join(" ");
	return `<dt><code>${text(name)}</code></dt><dd>${text(told)}</dd>`;
}

function text(value: string): string {
	return value
		.replaceAll("&", "&amp;")
		.replaceAll("<", "&lt;")
		.replaceAll('"', "&quot;");
}

const STYLE = `
:root { color-scheme: light dark; }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 52rem; margin: 0 auto; padding: 1rem; }
nav a { margin-right: 1rem; }
article { border-top: 1px solid color-mix(in srgb, currentColor 25%, transparent); padding: .5rem 0; }
h3 { margin: .5rem 0 0; font-size: 1rem; }
p { margin: .25rem 0 .5rem; }
code { font-size: .95em; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: minmax(7rem, max-content) 1fr; gap: .25rem 1rem; margin: .5rem 0; }
dd { margin: 0; }
@media (max-width: 36rem) { dl { grid-template-columns: 1fr; } dd { margin: 0 0 .5rem 1rem; } }
`;
