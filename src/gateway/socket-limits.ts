/** What a WebSocket may take, in size and in time. */
export interface SocketLimits {
	/** Of a message. */
	readonly messageBytes: number;
	/** How often sockets are looked at; leases of their sessions are renewed then, so less than the shortest lease. */
	readonly lookMs: number;
	/** How often a socket is asked for a sign of life; without one until the next time it is ended. */
	readonly pingMs: number;
	/** How long a socket may stay without a session. */
	readonly unusedMs: number;
	/** How long a silent socket has to prove that it is alive when another one wants its session. */
	readonly proofMs: number;
	/** Answers that a client has not read; above it nothing more is taken from it. */
	readonly unreadBytes: number;
}

export const SOCKET_LIMITS: SocketLimits = {
	messageBytes: 2 ** 18,
	lookMs: 5000,
	pingMs: 20_000,
	unusedMs: 600_000,
	proofMs: 2000,
	unreadBytes: 2 ** 20,
};
