import type { DataSetFamily } from "./data-set.js";

/** What is being done about a data set at the moment. Bytes and images count from 0 to their total. */
export type DataSetProgress =
	/** The family was not found on this machine, and its mirrors are asked. */
	| { readonly stage: "ask"; readonly family: DataSetFamily }
	/** Another process is fetching the same family; its lock file is waited for. */
	| {
			readonly stage: "wait";
			readonly family: DataSetFamily;
			readonly file: string;
	  }
	| {
			readonly stage: "fetch";
			readonly family: DataSetFamily;
			readonly file: string;
			readonly url: string;
			readonly bytes: number;
			readonly totalBytes: number;
	  }
	| {
			readonly stage: "check";
			readonly family: DataSetFamily;
			readonly file: string;
	  }
	| {
			readonly stage: "unpack";
			readonly family: DataSetFamily;
			readonly file: string;
	  }
	/** No mirror gave the files, so the synthetic set takes their place; `reason` is the sentence that says why. */
	| {
			readonly stage: "give-up";
			readonly family: DataSetFamily;
			readonly reason: string;
	  }
	| {
			readonly stage: "read";
			readonly family: DataSetFamily;
			readonly file: string;
	  }
	| {
			readonly stage: "draw";
			readonly family: DataSetFamily;
			readonly images: number;
			readonly totalImages: number;
	  };
