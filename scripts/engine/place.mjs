// Puts a library and an add-on into the package: the library as a link into the cache, the add-on as a file, each by one rename.
import { randomUUID } from "node:crypto";
import {
	copyFile,
	lstat,
	mkdir,
	readdir,
	rename,
	rm,
	symlink,
} from "node:fs/promises";
import { basename, dirname, join } from "node:path";

const DRAFT = ".engine-draft-";

/**
 * The add-on is copied, not linked: its rpath is $ORIGIN/../../deps/lib, and Node resolves a linked add-on to its real folder first.
 * @param {import('./addon-package.mjs').AddonPackage} addonPackage
 * @param {{ libraryFolder: string, addonFolder: string }} cached
 */
export async function placeEngine(
	addonPackage,
	{ libraryFolder, addonFolder },
) {
	await removeDrafts(addonPackage);
	await rm(addonPackage.stampPath, { force: true });

	const link = draftIn(addonPackage);
	await symlink(libraryFolder, link, "dir");
	const former = await lstat(addonPackage.depsPath).catch(() => undefined);
	const aside = draftIn(addonPackage);
	if (former && !former.isSymbolicLink())
		await rename(addonPackage.depsPath, aside);
	await rename(link, addonPackage.depsPath);
	await rm(aside, { recursive: true, force: true });

	// Written over in its place, it would change below a process that has it loaded.
	const copy = draftIn(addonPackage);
	await copyFile(join(addonFolder, basename(addonPackage.addonPath)), copy);
	await mkdir(dirname(addonPackage.addonPath), { recursive: true });
	await rename(copy, addonPackage.addonPath);
}

/**
 * Takes out what was placed and turned out not to work.
 * @param {import('./addon-package.mjs').AddonPackage} addonPackage
 */
export async function unplaceEngine(addonPackage) {
	await rm(addonPackage.stampPath, { force: true });
	await rm(addonPackage.addonPath, { force: true });
	await rm(addonPackage.depsPath, { recursive: true, force: true });
}

/** @param {import('./addon-package.mjs').AddonPackage} addonPackage */
async function removeDrafts({ folder }) {
	for (const name of await readdir(folder)) {
		if (name.startsWith(DRAFT))
			await rm(join(folder, name), { recursive: true, force: true });
	}
}

/** @param {import('./addon-package.mjs').AddonPackage} addonPackage */
function draftIn({ folder }) {
	return join(folder, `${DRAFT}${randomUUID()}`);
}
