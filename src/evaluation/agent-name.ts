/** Any text as an agent's name: lower case with hyphens. Errors: an Error where nothing is left of it. */
export function toAgentName(text: string): string {
	const name = text
		.toLowerCase()
		.replace(/[^a-z0-9.]+/g, "-")
		.replace(/^[-.]+|[-.]+$/g, "");
	if (name === "")
		throw new Error(
			`"${text}" cannot be an agent's name; letters, digits and hyphens make one.`,
		);
	return name;
}
