// Plays incidents with random actions and prints their scores. A server runs beside it: `npx nightshift serve`.
import { NightshiftClient } from "nightshift";

const address = process.env.NIGHTSHIFT_ADDRESS ?? "127.0.0.1:50051";
const client = new NightshiftClient(address);
const below = (count: number) => Math.floor(Math.random() * count);
for (const seed of [0, 1, 2]) {
	const session = await client.createSession("sre/easy", { seed });
	let { result } = await session.step({ wait: {} });
	while (!result) {
		// One of five actions, and for each but waiting one of seven services. What is not possible now counts as waiting.
		const levels = [below(5), below(7), below(7), below(7), below(7)];
		({ result } = await session.step({ flat: { levels } }));
	}
	console.log(`seed ${seed}: score ${result.score?.toFixed(3)}`);
	await session.close();
}
client.close();
