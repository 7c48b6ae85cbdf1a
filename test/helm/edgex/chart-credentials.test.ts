import { describeHelm } from "../support/helm";
import { changed, renderedChart } from "./support/chart";

describeHelm("the chart of EdgeX: credentials", () => {
  const { render, objects, of, one, renderFinding } = renderedChart();

  test("are the user that is given and a password of 32 letters and digits, another one each time nothing is there, and stay", () => {
    const [first, second] = [objects, render()].map((all) => one("Secret", "edgex-broker", all));
    for (const secret of [first!, second!]) {
      expect(secret).toMatchObject({ type: "Opaque", metadata: { annotations: { "helm.sh/resource-policy": "keep" } } });
      expect(Object.keys(secret.data)).toEqual(["password", "username"]);
      expect(Buffer.from(secret.data.username, "base64").toString()).toBe("edgex");
      expect(Buffer.from(secret.data.password, "base64").toString()).toMatch(/^[A-Za-z0-9]{32}$/);
    }
    expect(second!.data.password).not.toBe(first!.data.password);
    expect(one("Secret", "edgex-database").data.password).not.toBe(first!.data.password);
  });

  test("stay as they are in the cluster, but for the user and for keys that are new", () => {
    const found = '(dict "data" (dict "password" "b2xk" "username" "b2xk"))';
    const values = changed(({ credentials }) => credentials["edgex-broker"].generate.push("other"));
    const all = renderFinding("credentials.yaml", /lookup "v1" "Secret" \$\.Release\.Namespace \$name/, found, values);
    const { data } = one("Secret", "edgex-broker", all);
    expect(data.password).toBe("b2xk");
    expect(Buffer.from(data.username, "base64").toString()).toBe("edgex");
    expect(Buffer.from(data.other, "base64").toString()).toMatch(/^[A-Za-z0-9]{32}$/);
  });

  test("are nowhere else in the release: not in the environment, not in a ConfigMap", () => {
    const passwords = of("Secret").map(({ data }) => Buffer.from(data.password, "base64").toString());
    const others = JSON.stringify(objects.filter(({ kind }) => kind !== "Secret"));
    for (const password of passwords) expect(others).not.toContain(password);
  });
});
