import {
	type DataSet,
	DataSetError,
	type DataSetFamily,
	type LoadOptions,
	loadDataSet,
} from "../../datasets/load.js";
import { NightshiftError } from "../errors.js";

/** The data sets of a server: each is loaded once, when a task first needs it, into memory that the workers share. */
export class DataSets {
	private readonly loading = new Map<DataSetFamily, Promise<DataSet>>();

	constructor(
		private readonly options: LoadOptions,
		private readonly onLoaded: (dataSet: DataSet) => void = () => {},
	) {}

	/** Errors: DATA_UNAVAILABLE with the loader's sentence; asking again tries again. */
	async get(family: DataSetFamily): Promise<DataSet> {
		let loading = this.loading.get(family);
		if (loading === undefined) {
			loading = this.load(family);
			this.loading.set(family, loading);
			loading.catch(() => this.loading.delete(family));
		}
		return loading;
	}

	private async load(family: DataSetFamily): Promise<DataSet> {
		try {
			const dataSet = await loadDataSet(family, this.options);
			this.onLoaded(dataSet);
			return dataSet;
		} catch (error) {
			if (error instanceof DataSetError)
				throw new NightshiftError("DATA_UNAVAILABLE", error.message, {
					cause: error,
				});
			throw error;
		}
	}
}
