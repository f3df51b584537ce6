import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** The real grpcurl, for tests of what the documents say: built once from its Go module. */

export const cache =
	process.env.NIGHTSHIFT_CACHE ||
	join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "nightshift");

/** Why there is no grpcurl, or false. */
export const noGrpcurl =
	spawnSync("go", ["version"]).status !== 0 &&
	"Go is not installed, so grpcurl cannot be built";

/** The folder that holds grpcurl. */
export function grpcurlFolder() {
	const folder = join(cache, "bin");
	if (!existsSync(join(folder, "grpcurl"))) {
		mkdirSync(folder, { recursive: true });
		execFileSync(
			"go",
			["install", "github.com/fullstorydev/grpcurl/cmd/grpcurl@v1.9.3"],
			{
				env: { ...process.env, GOBIN: folder },
				stdio: ["ignore", "ignore", "inherit"],
			},
		);
	}
	return folder;
}
