#!/usr/bin/env python3
"""Sets up a region through the GraphQL API alone, and lets cases flow through it.

    arende serve --data ./region --new --dev &
    python3 docs/region.py --data ./region

Nothing but Python's standard library. Development tokens come from `arende token`; where an
issuer of your own vouches for people, ask that for tokens instead (`token` below).
Everything is asked for by a key, so that the script may be run again after it was stopped.
"""

import argparse
import json
import subprocess
import sys
import time
import urllib.request
from datetime import date, datetime, timedelta, timezone

DIVISIONS = ["Primärvården", "Sjukhusvården", "Tandvården"]

# Name, division, kind, who runs it.
UNITS = [
    ("Vårdcentralen Almen", 0, "CARE", "PUBLIC"),
    ("Vårdcentralen Björken", 0, "CARE", "PUBLIC"),
    ("Vårdcentralen Cedern", 0, "CARE", "PRIVATE_CONTRACTED"),
    ("Barnavårdscentralen Druvan", 0, "CARE", "PUBLIC"),
    ("Barnmorskemottagningen Eken", 0, "CARE", "PUBLIC"),
    ("Smittskyddsmottagningen", 1, "CARE", "PUBLIC"),
    ("Hudmottagningen", 1, "CARE", "PUBLIC"),
    ("Ortopedmottagningen", 1, "CARE", "PUBLIC"),
    ("Ögonmottagningen", 1, "CARE", "PRIVATE_CONTRACTED"),
    ("Medicinmottagningen", 1, "CARE", "PUBLIC"),
    ("Folktandvården Granen", 2, "DENTAL", "PUBLIC"),
    ("Folktandvården Häggen", 2, "DENTAL", "PUBLIC"),
]
# Where all cases of a central type go, whichever unit they start from.
CENTRAL = 5
# Works at each unit: 60 people in all.
CREW = ["UNIT_ADMIN", "RECEIVER", "HANDLER", "HANDLER", "HANDLER"]
# Offers everything but this, until its administrator adds it.
LATE, LATE_TYPE = 1, "renew_prescription"

SLEEP = {
    "key": "sleep_diary",
    "name": {"sv": "Sömndagbok", "en": "Sleep diary"},
    "scope": "UNIT_OWN",
    "workingDays": 5,
    "fields": [
        {"key": "wakes", "type": "YES_NO", "required": True,
         "label": {"sv": "Vaknar du om nätterna?", "en": "Do you wake at night?"}},
        {"key": "how_often", "type": "CHOICE", "required": True,
         "showIf": {"field": "wakes", "yes": True},
         "label": {"sv": "Hur ofta?", "en": "How often?"},
         "options": [{"value": "seldom", "label": {"sv": "Någon gång i veckan"}},
                     {"value": "often", "label": {"sv": "Varje natt"}}]},
        {"key": "since", "type": "DATE", "showIf": {"field": "how_often", "is": "often"},
         "label": {"sv": "Sedan när?", "en": "Since when?"}},
    ],
}

# What one unit has in place of the region's options; `other` shows another question, and stays.
CERTIFICATES = [
    {"value": "driving_licence",
     "label": {"sv": "Körkortsintyg", "en": "Driving licence certificate"}},
    {"value": "diving", "label": {"sv": "Dykarintyg", "en": "Diving certificate"}},
    {"value": "other", "label": {"sv": "Annat", "en": "Other"}},
]

COMPLIANCE = """
query Compliance($scope: StatisticsScope!, $offering: String!, $asOf: AsOf) {
  compliance(scope: $scope, offering: $offering, asOf: $asOf) {
    version reference day
    total { units obliged connected base offered additional ratio }
    divisions { division { name } tally { obliged connected base offered additional } }
    missing: units(first: 25, missing: MANDATORY) {
      totalCount nodes { unit { name } cells { caseType { key } level status } } } } }
"""


class Api:
    """The service, and everyone's way into it."""

    def __init__(self, arguments):
        self.arguments = arguments
        self.tokens = {}

    def token(self, capacity, subject=None, unit=None):
        who = (capacity, subject, unit)
        if who not in self.tokens:
            command = [self.arguments.arende, "token", "--data", self.arguments.data,
                       "--as", capacity]
            command += ["--subject", subject] if subject else []
            command += ["--unit", unit] if unit else []
            said = subprocess.run(command, capture_output=True, text=True)
            if said.returncode:
                sys.exit(f"no token for {capacity}: {said.stderr.strip()}")
            self.tokens[who] = said.stdout.strip()
        return self.tokens[who]

    def ask(self, token, query, **variables):
        body = json.dumps({"query": query, "variables": variables}).encode()
        headers = {"content-type": "application/json", "authorization": f"Bearer {token}"}
        request = urllib.request.Request(f"{self.arguments.url}/graphql", body, headers)
        with urllib.request.urlopen(request) as response:
            answer = json.load(response)
        if answer.get("errors"):
            sys.exit(f"refused: {answer['errors'][0]['message']}\n{query}")
        return answer["data"]

    def command(self, token, name, changed, key, /, **given):
        kind = name[0].upper() + name[1:] + "Input"
        query = (f"mutation M($input: {kind}!) {{ {name}(input: $input) "
                 f"{{ {changed} userErrors {{ code message field }} }} }}")
        payload = self.ask(token, query, input={"idempotencyKey": key, **given})[name]
        return payload

    def done(self, token, name, changed, key, /, **given):
        payload = self.command(token, name, changed, key, **given)
        if payload["userErrors"]:
            sys.exit(f"{name}: {payload['userErrors']}")
        return payload


def hsa_id(number):
    return f"SE2321000131-E{number:012d}"


def region(api):
    """A region and its administrator, by the operator of the service."""
    founded = api.done(
        api.token("operator"), "registerRegion", "region { id } administrator { id }", "region",
        name="Region Exempel",
        administrator={"name": "Gunilla Testsson", "hsaId": hsa_id(1)})
    admin = api.token("region-admin", founded["administrator"]["id"])
    return founded["region"]["id"], admin


def units(api, region_id, admin):
    """Three divisions, twelve units and their sixty members of staff."""
    divisions = [
        api.done(admin, "registerDivision", "division { id }", f"division {name}",
                 regionId=region_id, name=name)["division"]["id"]
        for name in DIVISIONS]
    api.done(admin, "setAdministratorBounds", "region { id }", "bounds",
             regionId=region_id, fewest=1, most=2)
    made = []
    for n, (name, division, kind, ownership) in enumerate(UNITS):
        settings = {
            "ownership": ownership, "ownedSince": "2015-01-01", "physical": True,
            "serviceArea": "COUNTRY",
            "contact": {"phone": f"010-100 00 {n:02d}", "hours": "Mån–fre 8–17"}}
        unit = api.done(admin, "registerUnit", "unit { id }", f"unit {n}",
                        divisionId=divisions[division], hsaId=hsa_id(100 + n), name=name,
                        kind=kind, settings=settings)["unit"]["id"]
        crew = {}
        for m, role in enumerate(CREW):
            number = 1000 + 10 * n + m
            who = api.done(admin, "registerStaff", "staff { id }", f"staff {number}",
                           regionId=region_id, name=f"Person {number} Testsson",
                           hsaId=hsa_id(number))["staff"]["id"]
            api.done(admin, "grantRole", "staff { id }", f"role {number}", staffId=who,
                     role=role, place={"unitId": unit}, reason="anställd vid enheten",
                     trainedAt="2026-01-15T08:00:00Z")
            crew.setdefault(role, []).append(who)
        made.append({"id": unit, "name": name, "kind": kind, "crew": crew})
    return made


def case_types(api, region_id, admin, made):
    """The shipped case types, each in the region; the central one goes to its unit."""
    shipped = api.ask(admin, "{ shippedCaseTypes { key scope offerings { offering level } } }")
    defined = {}
    for it in shipped["shippedCaseTypes"]:
        if it["scope"] == "UNIT_OWN":
            continue  # An example for units; they define their own.
        source = {"key": it["key"]}
        if it["scope"] == "CENTRAL":
            source["centralUnitId"] = made[CENTRAL]["id"]
        defined[it["key"]] = api.done(
            admin, "defineCaseType", "caseType { id }", f"type {it['key']}",
            regionId=region_id, caseType={"shipped": source})["caseType"]["id"]
    offered = {
        it["key"]: {row["offering"]: row["level"] for row in it["offerings"]}
        for it in shipped["shippedCaseTypes"]}
    return defined, offered


def offer(api, region_id, admin, made, defined, offered):
    """Both base offerings are decided; units offer what is mandatory, but for one that is late."""
    for key, day in [("vgr-2016", "2016-03-02"), ("kalmar-2014", "2014-01-01")]:
        api.done(admin, "decideBaseOffering", "region { id }", f"offering {key}",
                 regionId=region_id, offering={"readyMade": {
                     "key": key, "validFrom": day,
                     "starts": {"public": day, "privateContracted": "2017-01-01"}}})
    for n, unit in enumerate(made):
        own = api.token("unit-admin", unit["crew"]["UNIT_ADMIN"][0], unit["id"])
        for key, levels in offered.items():
            wanted = levels.get("vgr-2016") == "MANDATORY" or (key == "advice")
            if wanted and not (n == LATE and key == LATE_TYPE):
                api.done(own, "offerCaseType", "unit { id }", f"offer {n} {key}",
                         unitId=unit["id"], caseTypeId=defined[key])
        api.done(admin, "activateUnit", "unit { id }", f"activate {n}", unitId=unit["id"])


def own_type(api, region_id, made):
    """One unit defines and offers a type of its own, with fields that depend on each other."""
    unit = made[0]
    own = api.token("unit-admin", unit["crew"]["UNIT_ADMIN"][0], unit["id"])
    definition = {**SLEEP, "ownerId": unit["id"]}
    terms = {"sv": "Vid akuta besvär: ring 112.", "en": "If it is urgent: call 112."}
    sleep = api.done(own, "defineCaseType", "caseType { id }", "type sleep", regionId=region_id,
                     caseType={"own": {"definition": definition, "terms": terms}})
    api.done(own, "offerCaseType", "unit { id }", "offer sleep", unitId=unit["id"],
             caseTypeId=sleep["caseType"]["id"])
    return sleep["caseType"]["id"]


def own_options(api, made, defined):
    """One unit says which certificates it gives, in place of those of the region's form."""
    unit = made[0]
    own = api.token("unit-admin", unit["crew"]["UNIT_ADMIN"][0], unit["id"])
    api.done(own, "setUnitOptions", "unit { id }", "certificates", unitId=unit["id"],
             caseTypeId=defined["request_certificate"], field="certificate",
             options=CERTIFICATES)
    for unit in made[:2]:
        told = api.ask(own, """query Options($type: ID!, $unit: ID!) { node(id: $type) {
            ... on CaseType { form(unitId: $unit) { fields { key options { value } } } } } }""",
                       type=defined["request_certificate"], unit=unit["id"])
        options = {it["key"]: it["options"] for it in told["node"]["form"]["fields"]}
        print(f"{unit['name']} has {len(options['certificate'])} certificates to choose from")


def number(born, serial):
    """A made-up number for that birth date: month + 80, which no register gives anyone."""
    digits = f"{born:%Y}{born.month + 80:02d}{born:%d}{serial:03d}"
    doubled = [int(digit) * (2 - n % 2) for n, digit in enumerate(digits[2:])]
    check = -sum(it // 10 + it % 10 for it in doubled) % 10
    return f"{digits}{check}"


def birthday(today, years, days):
    """The birth date of whoever turns so many years in so many days."""
    day = today + timedelta(days=days)
    # Who was born on 29 February turns on 1 March.
    leap = (day.month, day.day) == (2, 29)
    return date(day.year - years, 3, 1) if leap else day.replace(year=day.year - years)


def residents(api, region_id, admin, made, today):
    """A parent with two children: one turns 13 tomorrow, the other did yesterday."""
    unit = made[0]
    receiver = api.token("receiver", unit["crew"]["RECEIVER"][0], unit["id"])

    def account(name, born, serial):
        return api.done(receiver, "registerResident", "resident { id }", f"resident {name}",
                        regionId=region_id, name=name,
                        number=number(born, serial))["resident"]["id"]

    parent = account("Petra Testsson", birthday(today, 40, 100), 238)
    younger = account("Ylva Testsson", birthday(today, 13, 1), 238)
    older = account("Olle Testsson", birthday(today, 13, -1), 239)
    api.done(admin, "grantProxy", "resident { id }", "guardian younger", residentId=younger,
             proxyId=parent, guardian=True)
    late = api.command(admin, "grantProxy", "resident { id }", "guardian older",
                       residentId=older, proxyId=parent, guardian=True)
    if not late["userErrors"]:
        sys.exit("a guardian was granted for a child of 13")
    print(f"\na guardian of 13-year-old Olle is refused: {late['userErrors'][0]['message']}")
    return parent, younger, older


def casework(api, made, defined, parent, younger, older):
    """Cases from parent and children, one of them worked on to its close."""
    unit = made[0]
    petra = api.token("resident", parent)
    own = {child: api.token("resident", child) for child in (younger, older)}
    advice = {"unitId": unit["id"], "caseTypeId": defined["advice"], "formVersion": 1,
              "termsVersion": 1, "answers": [
                  {"field": "question", "value": {"text": "Hosta sedan i måndags."}},
                  {"field": "about", "value": {"text": "child"}}]}
    sent = api.done(petra, "submitCase", "case { id }", "case for Ylva", subjectId=younger,
                    **advice)
    case = sent["case"]["id"]
    for child, name in [(older, "Olle"), (younger, "Ylva")]:
        told = api.ask(petra, """query Offers($unit: ID!, $child: ID!) { node(id: $unit) {
            ... on CareUnit { offering(residentId: $child) {
              caseType { key } canBeSent } } } }""", unit=unit["id"], child=child)
        offers = told["node"]["offering"]
        can = [it["caseType"]["key"] for it in offers or [] if it["canBeSent"]]
        print(f"Petra may send {len(can)} types for {name}")
    refused = api.command(petra, "submitCase", "case { id }", "case for Olle", subjectId=older,
                          **advice)
    if not refused["userErrors"]:
        sys.exit("a parent sent a case for a child of 13")
    api.done(own[older], "submitCase", "case { id }", "Olle's own case", **advice)

    receiver = api.token("receiver", unit["crew"]["RECEIVER"][0], unit["id"])
    handler_id = unit["crew"]["HANDLER"][0]
    handler = api.token("handler", handler_id, unit["id"])
    about = {"caseId": case}
    api.done(receiver, "distributeCase", "case { state }", "distribute", handlerId=handler_id,
             **about)
    api.done(handler, "askCounterQuestion", "case { state }", "ask", text="Har Ylva feber?",
             **about)
    api.done(petra, "replyToCase", "case { state }", "reply", text="Nej.", **about)
    api.done(handler, "answerCase", "case { state }", "answer", text="Vila, och hör av er.",
             **about)
    closed = api.done(handler, "closeCase", "case { state }", "close", **about)
    print(f"Ylva's case is {closed['case']['state']}")
    for name, token in [("Petra", petra), ("Olle", own[older])]:
        inbox = api.ask(token, "{ residentInbox(first: 10) { totalCount } }")["residentInbox"]
        print(f"{name} sees {inbox['totalCount']} case")


def follow_up(api, region_id, admin, when, as_of=None):
    """The three questions of HS 20-2016, each from one query: how many units are connected, how
    much of the base offering they offer, and what they offer beside it."""
    told = api.ask(admin, COMPLIANCE, scope={"regionId": region_id}, offering="vgr-2016",
                   asOf=as_of)["compliance"]
    total = told["total"]
    print(f"\nHS 20-2016, version {told['version']}, {told['day']}, {when}")
    print(f"  1. connected units      {total['connected']} of {total['obliged']}")
    print(f"  2. base offering        {total['offered']} of {total['base']}"
          f" ({100 * (total['ratio'] or 0):.0f} %)")
    print(f"  3. additional types     {total['additional']}")
    print(f"  {'division':<16}{'connected':>12}{'offered':>12}{'additional':>12}")
    for row in told["divisions"]:
        tally = row["tally"]
        print(f"  {row['division']['name']:<16}{tally['connected']:>7} of {tally['obliged']:<2}"
              f"{tally['offered']:>7} of {tally['base']:<3}{tally['additional']:>11}")
    for node in told["missing"]["nodes"]:
        lacks = [cell["caseType"]["key"] for cell in node["cells"]
                 if cell["status"] == "MISSING" and cell["level"] == "MANDATORY"]
        print(f"  {node['unit']['name']} lacks {', '.join(lacks)}")
    return told


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", required=True, help="the data folder that is being served")
    parser.add_argument("--url", default="http://127.0.0.1:8080", help="where it is served")
    parser.add_argument("--arende", default="arende", help="the program, for tokens")
    api = Api(parser.parse_args())

    region_id, admin = region(api)
    made = units(api, region_id, admin)
    print(f"{region_id}: {len(DIVISIONS)} divisions, {len(made)} units, "
          f"{len(made) * len(CREW)} members of staff")
    defined, offered = case_types(api, region_id, admin, made)
    offer(api, region_id, admin, made, defined, offered)
    own_type(api, region_id, made)
    own_options(api, made, defined)
    print(f"{len(defined)} case types of the region, and one of {made[0]['name']}")

    before = follow_up(api, region_id, admin, "before")
    moment = {"time": datetime.now(timezone.utc).isoformat(timespec="milliseconds")}
    # Times are kept to the millisecond, and what happens within one counts as of it.
    time.sleep(0.01)
    late = made[LATE]
    own = api.token("unit-admin", late["crew"]["UNIT_ADMIN"][0], late["id"])
    api.done(own, "offerCaseType", "unit { id }", "offer late", unitId=late["id"],
             caseTypeId=defined[LATE_TYPE])
    after = follow_up(api, region_id, admin, f"after {late['name']} added what it lacked")
    again = follow_up(api, region_id, admin, "asked again as of the moment before", moment)
    if again != before:
        sys.exit("the past has changed")

    # The service's day is Sweden's, whatever this machine's clock is set to.
    today = date.fromisoformat(after["day"])
    casework(api, made, defined, *residents(api, region_id, admin, made, today))


if __name__ == "__main__":
    main()
