// Unpacks the Chromium that the package carries, with the libraries that a bare machine lacks, and prints where both are.
process.env.AWS_LAMBDA_JS_RUNTIME ??= "nodejs22.x"; // or the package leaves its libraries packed
const { default: chromium } = await import("@sparticuz/chromium");
const path = await chromium.executablePath();
console.log(JSON.stringify({ path, libraries: process.env.LD_LIBRARY_PATH ?? "" }));
