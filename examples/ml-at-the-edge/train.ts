/** The training run: flowers that scikit-learn brings with it, so nothing is downloaded. The model takes the place of the one before at once. */
export const TRAIN = `
import os
import joblib
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split

features, species = load_iris(return_X_y=True)
train_x, test_x, train_y, test_y = train_test_split(features, species, random_state=0)
model = RandomForestClassifier(n_estimators=50, random_state=0).fit(train_x, train_y)
accuracy = model.score(test_x, test_y)
print(f"accuracy {accuracy:.3f}")
if accuracy < 0.9:
    raise SystemExit("worse than 0.9: the model before stays")
os.makedirs("/models/iris", exist_ok=True)
joblib.dump(model, "/models/iris/.model.new")
os.replace("/models/iris/.model.new", "/models/iris/model.joblib")
`.trim();
