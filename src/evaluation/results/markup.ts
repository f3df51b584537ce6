/** Text that is markup already: what `html` gives. */
export class Markup {
	constructor(readonly text: string) {}
}

type Part = Markup | string | number | undefined | false | readonly Part[];

/**
 * Markup out of a template. Whatever is put into it is escaped, whether it stands in text or in a quoted attribute, but for markup that
 * another template gave; lists are joined, and what is absent or false is left out.
 */
export function html(
	template: TemplateStringsArray,
	...parts: readonly Part[]
): Markup {
	return new Markup(
		template
			.map((text, k) => (k === 0 ? text : render(parts[k - 1]) + text))
			.join(""),
	);
}

function render(part: Part): string {
	if (part === undefined || part === false) return "";
	if (part instanceof Markup) return part.text;
	if (typeof part === "object") return part.map(render).join("");
	return escapeMarkup(String(part));
}

const ESCAPED: Readonly<Record<string, string>> = {
	"&": "&amp;",
	"<": "&lt;",
	">": "&gt;",
	'"': "&quot;",
	"'": "&#39;",
};

/** Also takes out what is not allowed in a page: control characters but for line breaks and tabs, and halves of characters. */
export function escapeMarkup(text: string): string {
	return printable(text).replace(/[&<>"']/g, (sign) => ESCAPED[sign] as string);
}

/** Without control characters (a terminal would obey them), those that turn the direction of writing, and halves of characters. */
export function printable(text: string): string {
	return text.replace(UNPRINTABLE, "\ufffd");
}

/** Control characters but for tabs and line breaks, halves of pairs, and what turns the direction of writing. */
const UNPRINTABLE = /(?![\t\n])[\p{Cc}\p{Cs}\p{Bidi_Control}]/gu;
