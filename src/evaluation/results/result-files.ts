/** The one file of an evaluation that everything is made from, and what is made from it, by their names in its folder. */
export const LINES_FILE = "evaluation.jsonl";
export const SUMMARY_FILE = "summary.json";
export const REPORT_FILE = "report.html";
