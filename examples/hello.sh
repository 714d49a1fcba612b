#!/usr/bin/env bash
# The shell example of README.md, with `sheaf` on the PATH: writes app.db and people.jsonl into the current folder.
set -euo pipefail

sheaf insert app.db people '{"_id": "ada", "name": "Ada", "born": 1815}'
sheaf insert app.db people '{"_id": "alan", "name": "Alan", "born": 1912}'
sheaf update app.db people '{"_id": "ada"}' '{"$set": {"city": "London"}, "$inc": {"visits": 1}}'
sheaf find app.db people '{"born": {"$lt": 1900}}' --project '{"name": 1, "city": 1}'
sheaf update app.db people '{"_id": "ada"}' '{"$set": {"city": "Paris"}}' --expect-version 1 ||
    echo "refused with status $?: it is at version 2 by now"
sheaf delete app.db people '{"_id": "alan"}' --soft
sheaf count app.db people
sheaf restore app.db people '{"_id": "alan"}'
sheaf export app.db people people.jsonl
sheaf stats app.db
