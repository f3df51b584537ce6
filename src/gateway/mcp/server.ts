import {
	ProtocolError,
	ProtocolErrorCode,
	Server,
	type ServerContext,
	type ServerOptions,
} from "@modelcontextprotocol/server";
import type { NightshiftError } from "../../errors.js";
import { DESCRIPTIONS, nameOf, version } from "../about.js";
import type { Mount } from "../mount.js";
import { callTool } from "./call-tool.js";
import { listTools } from "./catalogue.js";
import type { CallProgress, Exchange } from "./exchange.js";
import { listResources, listTemplates, readResource } from "./resources.js";
import type { ToolCalls } from "./tool-calls.js";

/** Key of a call's metadata: the client's own name of it, which makes it exactly once. */
export const REQUEST_ID = "nightshift/request_id";

/** Lists do not change while the server runs. */
const LISTS_TTL_MS = 3_600_000;

/** What the SDK's server does not know of a request. */
export type Transported = Pick<
	Exchange,
	"client" | "mount" | "own" | "signal" | "isLost" | "onError"
>;

/** Does the work of a call for whom its transport says, and is told when that is over. */
export type Serve = <T>(
	context: ServerContext,
	work: (transported: Transported) => Promise<T>,
) => Promise<T>;

/** Makes servers of the SDK's for a mount, one for each request or connection: they hold nothing. */
export function createServers(
	tools: ToolCalls,
	isOfSession = false,
): (serve: Serve) => Server {
	const { mount, calls } = tools;
	const listed = listTools(mount, calls, isOfSession);
	const resources = listResources(tools);
	const resourceTemplates = listTemplates();
	const hint = { ttlMs: LISTS_TTL_MS, cacheScope: "public" as const };
	const options: ServerOptions = {
		capabilities: { tools: {}, resources: {} },
		instructions: instructionsOf(mount, tools, isOfSession),
		jsonSchemaValidator: { getValidator: refuseToValidate },
		cacheHints: {
			"tools/list": hint,
			"resources/list": hint,
			"resources/templates/list": hint,
			"server/discover": hint,
		},
	};
	const identity = { name: nameOf(mount), version };
	return (serve) => {
		const server = new Server(identity, options);
		server.setRequestHandler("tools/list", () => ({ tools: [...listed] }));
		server.setRequestHandler("tools/call", ({ params }, context) =>
			serve(context, async (transported) => {
				const { name, arguments: given = {} } = params;
				const exchange = { ...transported, ...askedFor(context) };
				try {
					return await callTool(tools, name, given, exchange);
				} catch (thrown) {
					throw new ProtocolError(
						ProtocolErrorCode.InternalError,
						(thrown as NightshiftError).message,
					);
				}
			}),
		);
		server.setRequestHandler("resources/list", () => ({ resources }));
		server.setRequestHandler("resources/templates/list", () => ({
			resourceTemplates,
		}));
		server.setRequestHandler("resources/read", ({ params }, context) =>
			serve(context, (asker) => readResource(tools, params.uri, asker)),
		);
		return server;
	};
}

/** Out of a call's metadata. */
function askedFor({
	mcpReq: { _meta, notify },
}: ServerContext): Pick<Exchange, "requestId" | "onProgress"> {
	const { progressToken, [REQUEST_ID]: requestId } = _meta ?? {};
	return {
		requestId:
			typeof requestId === "string" && requestId !== "" ? requestId : undefined,
		onProgress:
			progressToken === undefined
				? undefined
				: (progress: CallProgress) => {
						// Whoever asked may have gone.
						void notify({
							method: "notifications/progress",
							params: { progressToken, ...progress },
						}).catch(() => {});
					},
	};
}

function instructionsOf(
	mount: Mount,
	{ calls }: ToolCalls,
	isOfSession: boolean,
): string {
	const notes = [
		...new Set(
			mount.tasks.flatMap(
				({ environment }) => calls.toolboxes.get(environment)?.notes ?? [],
			),
		),
	];
	return [
		DESCRIPTIONS[mount.environment ?? "root"],
		`Call reset to start an episode${isOfSession ? "." : "; it tells a session, which every other tool takes."}`,
		"Each action costs a step or epochs, one at a time in a session. When the episode is over its score is told, 0 to 1.",
		...notes,
	].join("\n");
}

/** Only answers to a server's questions are validated by it, and this one asks none. */
function refuseToValidate(): never {
	throw new Error("this server asks its clients nothing");
}
