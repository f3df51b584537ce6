import { useEffect, useState } from "preact/hooks";

let moved = false;

/** Whether the page has shown another view before this one. */
export function hasMoved(): boolean {
	return moved;
}

/** Where the page is: the parts of its address after "#/". */
export function useRoute(): readonly string[] {
	const [route, setRoute] = useState(readRoute);
	useEffect(() => {
		const change = () => {
			moved = true;
			scrollTo(0, 0);
			setRoute(readRoute());
		};
		addEventListener("hashchange", change);
		return () => removeEventListener("hashchange", change);
	}, []);
	return route;
}

function readRoute(): string[] {
	return location.hash
		.replace(/^#\/?/, "")
		.split("/")
		.filter((part) => part !== "")
		.map((part) => {
			try {
				return decodeURIComponent(part);
			} catch {
				return part;
			}
		});
}

export function goTo(...parts: readonly string[]): void {
	location.hash = `#/${parts.map(encodeURIComponent).join("/")}`;
}
