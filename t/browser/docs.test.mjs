// The two viewers of the specification in a real browser: they render, they work, and nothing leaves this machine.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, mkdirSync } from "node:fs";
import { createServer } from "node:net";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";

const ROOT = new URL("../..", import.meta.url).pathname;
const VAR = process.env.EVENTFLOW_TEST_VAR ?? `${ROOT}var/browser-test`;
const SCREENSHOTS = process.env.SCREENSHOTS ?? `${VAR}/screenshots`;
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
	"--disable-component-update", "--disable-sync"];

let url, environment, browser;

function freePort() {
	return new Promise((resolve) => {
		const server = createServer().listen(0, "127.0.0.1", () => {
			const { port } = server.address();
			server.close(() => resolve(port));
		});
	});
}

before(async () => {
	if (process.env.EVENTFLOW_TEST_URL) {
		url = process.env.EVENTFLOW_TEST_URL;
	} else {
		const port = await freePort();
		environment = { ...process.env, EVENTFLOW_VAR: VAR, PORT: String(port), EVENTFLOW_FSYNC: "off" };
		execFileSync(`${ROOT}quickstart`, ["--detach"], { env: environment, stdio: ["ignore", "ignore", "inherit"] });
		url = `http://127.0.0.1:${port}`;
	}
	mkdirSync(SCREENSHOTS, { recursive: true });
	browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: FLAGS });
});

after(async () => {
	await browser?.close();
	if (environment) execFileSync(`${ROOT}quickstart`, ["stop"], { env: environment, stdio: "ignore" });
});

// A page that remembers what it should never have done.
async function openPage(path) {
	const page = await browser.newPage({ viewport: { width: 1280, height: 1000 } });
	const faults = [];
	await page.route("**/*", (route) => {
		const target = route.request().url();
		if (target.startsWith(`${url}/`) || target.startsWith("data:") || target.startsWith("blob:")) return route.continue();
		faults.push(`request to ${target}`);
		return route.abort();
	});
	page.on("console", (message) => message.type() === "error" && faults.push(`console: ${message.text()}`));
	page.on("pageerror", (error) => faults.push(`script: ${error.message}`));
	await page.goto(url + path);
	return { page, faults };
}

const document = JSON.parse(readFileSync(`${ROOT}htdocs/openapi.json`, "utf8"));
const operations = Object.values(document.paths).flatMap((path) => Object.values(path));

// Opens an operation, executes it, and returns the status and body that the page shows.
async function execute(page, operation, fill) {
	const block = page.locator(`#operations-${operation.tag}-${operation.id}`);
	await block.locator(".opblock-summary-control").click();
	if (fill) await block.locator("textarea.body-param__text").fill(fill);
	await block.locator("button.execute").click();
	const response = block.locator(".live-responses-table .response");
	await response.waitFor();
	return {
		status: (await response.locator(".response-col_status").innerText()).trim(),
		body: JSON.parse(await response.locator(".highlight-code code").first().innerText()),
	};
}

test("Swagger UI shows every operation, logs in, authorizes and executes", async () => {
	const { page, faults } = await openPage("/docs");
	await page.locator(".opblock").first().waitFor();
	assert.equal(await page.title(), "EventFlow API");
	assert.equal(await page.locator(".opblock").count(), operations.length);
	const login = await execute(page, { tag: "auth", id: "auth_login" },
		JSON.stringify({ email: "manager1@eventflow.com", password: "eventflow-dev" }));
	assert.match(login.status, /^200/);
	await page.locator(".auth-wrapper .authorize").click();
	await page.locator(".auth-container input").fill(login.body.data.access_token);
	await page.locator(".auth-container .authorize").click();
	await page.locator(".auth-container .btn-done").click();
	const me = await execute(page, { tag: "auth", id: "auth_me" });
	assert.match(me.status, /^200/);
	assert.equal(me.body.data.user.email, "manager1@eventflow.com");
	await page.screenshot({ path: `${SCREENSHOTS}/docs.png` });
	assert.deepEqual(faults, []);
});

test("ReDoc shows every operation", async () => {
	const { page, faults } = await openPage("/redoc");
	await page.locator("h1", { hasText: "EventFlow" }).first().waitFor();
	assert.equal(await page.title(), "EventFlow API reference");
	for (const operation of operations) {
		await page.locator(`[id="tag/${operation.tags[0]}/operation/${operation.operationId}"]`).first().waitFor({ state: "attached" });
	}
	await page.screenshot({ path: `${SCREENSHOTS}/redoc.png` });
	assert.deepEqual(faults, []);
});
