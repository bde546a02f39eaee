// node verify.cjs REQUESTS.json: every request is verified by each published JavaScript library.
const { readFileSync } = require("node:fs");

const requests = JSON.parse(readFileSync(process.argv[2], "utf8"));
const libraries = { standardwebhooks: require("standardwebhooks"), svix: require("svix") };
const faults = [];
let checks = 0;

function expect(name, wanted, verify) {
  checks += 1;
  let verified = true;
  try {
    verify();
  } catch (error) {
    verified = false;
  }
  if (verified !== wanted) faults.push(`${name}: ${wanted ? "refused" : "taken"}`);
}

for (const [library, { Webhook }] of Object.entries(libraries)) {
  for (const { name, headers, body, good, bad } of requests) {
    const told = `${library}, ${name}`;
    for (const secret of good) {
      const hook = new Webhook(secret);
      expect(told, true, () => {
        if (!hook.verify(body, headers).type) throw new Error("no event");
      });
      expect(`${told}, other bytes`, false, () => hook.verify(`${body} `, headers));
      expect(`${told}, other id`, false, () =>
        hook.verify(body, { ...headers, "webhook-id": "msg_other" }));
    }
    for (const secret of bad) {
      expect(`${told}, other secret`, false, () => new Webhook(secret).verify(body, headers));
    }
  }
}

console.log(`${checks} checks in JavaScript, ${faults.length} failed`);
for (const fault of faults) console.error(fault);
process.exit(faults.length || !checks ? 1 : 0);
