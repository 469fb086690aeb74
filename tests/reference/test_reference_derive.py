"""The derivation, on a made-up country of four areas: what is joined, shared out, left out and refused."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import duckdb
import pytest

from doorstep.errors import DataError, UsageError

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "derive_reference.py"

# LSOA11 A is unchanged; S was split into S1 (three quarters of its people) and S2; M1 and M2 were merged into M.
LOOKUP = """lsoa11_code,lsoa21_code,change_code,share_of_lsoa11,share_of_lsoa21
E01A,E01A,U,1,1
E01S,E01S1,S,0.75,1
E01S,E01S2,S,0.25,1
E01M1,E01M,M,1,0.4
E01M2,E01M,M,1,0.6"""

LSOA21 = """lsoa21_code,lsoa21_name,change_from_2011,msoa21_code,msoa21_name,ltla22_code,ltla24_code,ltla24_name,\
utla24_code,utla24_name,region_code,region_name,sicbl24_code,sicbl24_code_nhs,icb24_code,icb24_code_nhs,icb24_name,\
pcon24_code,pcon24_name,population_census2021,ward24_code,ward24_name,ruc21_code,easting,northing,lat,lon,area_ha
E01A,Town 001A,U,E02,Town 001,E07,E06,Town,E06,Town,E12,North,E38,01X,E54,QXX,North ICB,\
E14,Town,100,E05,North,UN1,100,200,53.0,-3.0,10
E01S1,Town 001B,S,E02,Town 001,E07,E06,Town,E06,Town,E12,North,E38,01X,E54,QXX,North ICB,\
E14,Town,30,E05,North,UN1,101,201,53.1,-3.1,11
E01S2,Town 001C,S,E02,Town 001,E07,E06,Town,E06,Town,E12,North,E38,01X,E54,QXX,North ICB,\
E14,Town,10,E05,North,UN1,102,202,53.2,-3.2,12
E01M,Vale 001A,M,E02,Vale 001,E08,E09,Vale,E09,Vale,E12,North,E38,01X,E54,QXX,North ICB,\
E14,Vale,50,E05,North,UN1,103,203,53.3,-3.3,13"""

# Two squares side by side, an island, and an area with a spike: E01S2 goes out to a point and back.
SHAPES = json.dumps(
    {
        "features": [
            {"properties": {"lsoa21_code": code}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
            for code, ring in {
                "E01A": [[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]],
                "E01S1": [[1, 0], [2, 0], [2, 1], [1, 1], [1, 0]],
                "E01S2": [[1, 1], [2, 1], [2, 2], [3, 3], [2, 2], [1, 2], [1, 1]],
                "E01M": [[8, 8], [9, 8], [9, 9], [8, 8]],
            }.items()
        ]
    }
)
MARGIN = "measure,population,group,value,unit,source,confidence"
CSV = {
    "open/lsoa21.csv": LSOA21,
    "open/lookup_lsoa11_lsoa21.csv": LOOKUP,
    "open/icb_sicbl24.csv": "sicbl24_code,sicbl24_name\nE38,North ICB - 01X",
    "open/imd2025_lsoa21.csv": "lsoa21_code,imd_decile,imd_rank,health_score,health_rank,health_decile\n"
    "E01A,1,1,2.5,1,1\nE01S1,2,2,1,2,3\nE01S2,9,3,0,3,5\nE01M,10,4,-1,4,10",
    "open/imd2025_indicators_lsoa21.csv": "lsoa21_code,acute_morbidity,comparative_illness_and_disability_ratio,"
    "mental_health,years_of_potential_life_lost,patient_to_gp_ratio\n"
    "E01A,150,180,1.2,90,2000\nE01S1,100,,0,60,1800\nE01S2,90,80,-1,40,1700\nE01M,80,70,-2,30,1600",
    "open/boundaries_lsoa21_england_bsc.geojson": SHAPES,
    "open/libraries_2023.csv": "name,type,postcode,easting,northing,lsoa21_code,hours_open_per_week\n"
    "Town,Static Library,AA1 3AA,110,210,E01A,40\nVan,Mobile Library,AA1 3AA,110,210,E01A,5",
    "open/hospitals_2022.csv": "hospital_name,postcode_inferred,easting,northing,lsoa21_code\n"
    "Vale,AA1 4AA,120,220,E01M",
    "open/gp_fte_ltla24.csv": "ltla24_code,total_patients,total_gp_fte\nE06,1000,0.5",
    "open/hlnm150.csv": "hlnm_rank,neighbourhood_as_printed,neighbourhood_corrected,lsoa_name,constituency_as_printed,"
    "lsoa21_code,change_from_2011,in_table2_economic_mission_critical\n1,Twon,Town,Town 001A,Town,E01A,U,True",
    "open/imd2019_lsoa11.csv": "lsoa11_code,imd_decile\nE01A,1\nE01S,4\nE01M1,7\nE01M2,3",
    "open/lsoa11.csv": "lsoa11_code,lsoa11_name,ltla22_code,population_mid2020\n"
    "E01A,Town 001A,E07,100\nE01S,Town 001B,E07,40\nE01M1,Vale 001A,E08,20\nE01M2,Vale 001B,E08,30",
    "open/census2021_age_sex_ltla21.csv": "ltla21_code,younger_females,younger_males,working_age_females,"
    "working_age_males,older_females,older_males,total_females,total_males\nE07,1,3,5,5,6,4,15,13\nE08,2,2,8,2,3,1,14,6",
    "open/gp_practices_2023_24.csv": "practice_code,practice_name,postcode,pcn_code,pcn_name,sicbl_code_nhs,"
    "icb_code_nhs,lsoa21_code,ltla24_code,registered_patients_jul2022,easting,northing\n"
    "A1,One,AA1 1AA,U1,Town PCN,01X,QXX,E01A,E06,90,105,205\nB2,Two,AA1 2AA,U,UNALLOCATED,01X,QXX,,,60,,",
    "open/postcodes_cheshire_merseyside.csv": "postcode,lsoa21_code\nAA1 1AA,E01A",
    "clinical/hfrs_weights.csv": "icd10_3char,term,weight\nF00,Dementia,7.1",
    "clinical/charlson.csv": "variant,category,icd10_prefix,weight\nuk_shmi_v1.60,AIDS/HIV,B20,2",
    "clinical/elixhauser_icd10.csv": "variant,category,icd10_prefix,w_van_walraven,w_swiss\n"
    "quan_2005,Weight loss,R63.4,6,7",
    "clinical/cms_weights.csv": "model,condition_id,name,w_consultations,w_mortality,w_admissions,w_general,"
    "rule_or_note\n"
    "cms20,hypertension,Hypertension,,-2.09,,0.08,Read code ever",
    "clinical/unit_costs_pssru_2024.csv": "role,cost_per_hour_gbp,afc_band,is_proxy,pssru_table\n"
    "GP,222.00,,false,9.4.2",
    "clinical/b2h_segments.csv": "scheme,priority,segment_id,name,rule_summary,priority_confidence\n"
    "snee,6,live_well,Live well,none of the above,verified",
    "clinical/b2h_subsegments.csv": "subsegment_id,name,segment_id,rule,confidence\nasthma,Asthma,ltc,,name verified",
    "clinical/acsc_icd10.csv": "set,group,condition,diagnosis_position,icd10_prefix,procedure_exclusion,"
    "diagnosis_exclusion,age_rule,note\nnhs_institute_19,acute,cellulitis,primary,L03,any procedure in: A,,,\n"
    "nhs_institute_19,chronic,asthma,primary,J45,,,,\nnhs_institute_19,acute,gangrene,any,R02,,,,\n"
    "nhs_institute_19,chronic,copd,primary_with_secondary_J41_J44_J47,J20,,,,\n"
    "ucsc_recalled,urgent,falls,primary,W00-W19,,,75+,RECALLED",
    "clinical/falls_icd10.csv": "definition,component,position,icd10_prefix_or_range,age_rule,extra_rule,confidence\n"
    "phof_falls_explicit,injury,primary,S00-T98,65+,and external cause below,verified",
    "clinical/conditions.csv": "condition_id,name,domain,qof_code,qof_min_age,qof_max_age,pcd_clusters,register_rule,"
    "b2h_subsegment,b2h_segment,cms20_condition,codelists\nasthma,Asthma,respiratory,AST,6,,A_COD;B_COD,rule,a,b,c,"
    "asthma.csv;other.csv",
    "clinical/efi_deficits.csv": "deficit_id,codelist,n_snomed\nfalls,efi/falls.snomed.csv,1\npolypharmacy,,0",
    "clinical/codelists/_index.csv": "condition_id,role,file,n_codes,system,codelist_version,source_repo,source_path,"
    "licence\nasthma,diagnosis,codelists/asthma.csv,2,snomedct,v1,r,p,"
    '"repo MIT; list via OpenCodelists, PCD refset (NHS England, OGL) / SNOMED CT UK licence"\n'
    "asthma,icd10,codelists/asthma.icd10.csv,1,icd10,v1,r,p,repo MIT; WHO ICD-10 codes\n"
    "pain,diagnosis,codelists/pain.csv,1,snomedct,v1,r,p,no licence file seen in repo",
    "clinical/codelists/asthma.csv": "code,term,system\n0001,A,snomedct\n2,B,snomedct",
    "clinical/codelists/asthma.icd10.csv": "code,term,system\nJ45,Asthma,icd10",
    "clinical/codelists/pain.csv": "code,term,system\n3,C,snomedct",
    "clinical/codelists/efi/falls.snomed.csv": "code,term,system\n4,D,snomedct",
    "clinical/codelists/efi/falls.ctv3.csv": "code,term,system\nXa1,D,ctv3",
    "open/census2021_unpaid_care_msoa21.csv": "msoa21_code,total,provides_no_unpaid_care,"
    "provides_9_hours_or_less_unpaid_care_a_week,provides_10_to_19_hours_unpaid_care_a_week,"
    "provides_20_to_34_hours_unpaid_care_a_week,provides_35_to_49_hours_unpaid_care_a_week,"
    "provides_50_or_more_hours_unpaid_care_a_week\nE02,100,90,4,3,2,1,0",
    "open/national_life_tables.csv": "area,period,sex,age,mx,qx,lx,dx,ex\nEngland,2017-2019,male,0,0.004,0.004,1,1,79\n"
    "England,2016-2018,male,0,0.9,0.9,1,1,1\nUnited Kingdom,2017-2019,male,0,0.8,0.8,1,1,1",
    "open/qof_2021_22_practice.csv": "practice_code,qof_dm,dm_prevalence,hyp_prevalence\nA1,99,0.07,",
    "open/trust_ae_monthly.csv": "nhs_trust22_code,total_attendances,total_emergency_admissions,month\n"
    "R1,100.0,20.0,2024-01\nR2,50.0,,2024-01",
    "clinical/calibration_activity.csv": f"{MARGIN}\nae,England,all,0.4,a year,HES,verified",
    "clinical/calibration_frailty.csv": f"{MARGIN}\nefi,England,fit,0.5,share,Clegg,verified",
    "clinical/calibration_multimorbidity.csv": f"{MARGIN}\ntwo,England,all,0.24,share,HF,verified",
    "clinical/calibration_segments.csv": "measure,group,value,unit,source,confidence\n"
    "share,complex,0.07,share,g,verified",
    "clinical/calibration_qof_prevalence.csv": "qof_code,denominator,prevalence,year,source,confidence\n"
    "HYP,all,0.14,2019/20,q,verified",
    "clinical/calibration_qof_prevalence_by_imd_2019_20.csv": "imd_decile_1_is_most_deprived,qof_code,register_est,"
    "list_est,prevalence\n1,HYP,14,100,0.14",
    "clinical/calibration_emergency_admissions_age_imd.csv": "age_band,imd_quintile_5_is_most_deprived,patients,"
    "emergency_admissions_12m,rate_per_1000\n67+,5,200,50,250.0",
}

# name -> (columns, rows)
PARQUET = {
    "open/population_mid2020_sya_lsoa11.parquet": (
        "lsoa11_code, total_population, age_0, age_90plus",
        "('E01A', 100, 90, 10), ('E01S', 40, 30, 10), ('E01M1', 20, 20, 0), ('E01M2', 30, 25, 5)",
    ),
    "open/census2021_lsoa21.parquet": (
        "lsoa21_code, disabled_equality_act, not_disabled_equality_act, residents_age_65_and_over, ethnic_white, "
        "ethnic_black_black_british_black_welsh_caribbean_or_african, "
        "ethnic_asian_asian_british_or_asian_welsh, ethnic_mixed_or_multiple_ethnic_groups, ethnic_other_ethnic_group",
        "('E01A', 20, 80, 15, 5, 4, 3, 2, 1)",
    ),
    "open/gp_registrations_lsoa11_jul2022.parquet": (
        "practice_code, lsoa11_code, patients",
        "('A1', 'E01A', 80), ('B2', 'E01A', 10), ('B2', 'E01M1', 20), ('B2', 'NO2011', 30), ('A1', 'W01X', 10)",
    ),
}
ZIPPED = {"lsoa21", "lookup_lsoa11_lsoa21", "imd2025_lsoa21", "imd2019_lsoa11", "lsoa11", "gp_practices_2023_24"}
ZIPPED |= {"imd2025_indicators_lsoa21", "boundaries_lsoa21_england_bsc", "libraries_2023", "hospitals_2022"}
ZIPPED |= {"postcodes_cheshire_merseyside", "census2021_unpaid_care_msoa21", "qof_2021_22_practice", "trust_ae_monthly"}


@pytest.fixture(scope="module")
def monkeypatch_module() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as patch:
        yield patch


@pytest.fixture(scope="module")
def script(monkeypatch_module: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    monkeypatch_module.syspath_prepend(str(SCRIPT.parent))
    spec = importlib.util.spec_from_file_location("derive_reference", SCRIPT)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["derive_reference"] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["derive_reference"]


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import gzip

    folder = tmp_path_factory.mktemp("source")
    for name, text in CSV.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.stem in ZIPPED:
            path.with_name(path.name + ".gz").write_bytes(gzip.compress(text.encode(), mtime=0))
        else:
            path.write_text(text, encoding="utf-8")
    for name, (columns, values) in PARQUET.items():
        duckdb.connect().execute(f"copy (select * from (values {values}) t({columns})) to '{folder / name}'")
    return folder


@pytest.fixture(scope="module")
def derived(script: ModuleType, source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("out")
    script.derive_all(source, out, say=lambda line: None)
    return out


def rows(folder: Path, query: str, name: str) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = duckdb.connect().execute(query.format(f"'{folder / name}.parquet'")).fetchall()
    return found


def test_ages_of_a_split_area_are_shared_out_and_of_merged_areas_added(derived: Path) -> None:
    found = rows(derived, "select lsoa21, age, persons from {} order by 1, 2", "age_lsoa21")
    assert found == [
        ("E01A", 0, 90),
        ("E01A", 90, 10),
        ("E01M", 0, 20 + 25),
        ("E01M", 90, 0 + 5),
        ("E01S1", 0, 30 * 0.75),
        ("E01S1", 90, 10 * 0.75),
        ("E01S2", 0, 30 * 0.25),
        ("E01S2", 90, 10 * 0.25),
    ]


def test_a_merged_area_takes_the_2019_decile_of_its_larger_part(derived: Path) -> None:
    found = rows(derived, "select * from {} order by 1", "imd2019_on_lsoa21")
    assert found == [("E01A", 1, "U"), ("E01M", 3, "M"), ("E01S1", 4, "S"), ("E01S2", 4, "S")]


def test_a_2011_code_reads_as_its_larger_part(derived: Path) -> None:
    found = rows(derived, "select lsoa11, lsoa21, share from {} where lsoa11 = 'E01S'", "lsoa21_of_lsoa11")
    assert found == [("E01S", "E01S1", 0.75)]


def test_a_practice_without_a_place_is_put_where_most_of_its_patients_live(derived: Path) -> None:
    query = "select practice, pcn, ltla24, located_by, list_size from {} order by 1"
    assert rows(derived, query, "practices") == [
        ("A1", "U1", "E06", "postcode", 90),
        ("B2", None, "E09", "patients", 60),
    ]


def test_registrations_without_an_english_area_are_left_out(derived: Path) -> None:
    assert rows(derived, "select lsoa11, patients from {} where practice = 'B2'", "registrations") == [
        ("E01A", 10),
        ("E01M1", 20),
    ]
    assert rows(derived, "select sum(patients)::int from {}", "registrations") == [(80 + 10 + 20,)]


def test_sexes_are_summed_to_the_councils_of_2024(derived: Path) -> None:
    found = rows(
        derived, "select females, males, female_share from {} where ltla24 = 'E06' order by age_group", "sex_ltla"
    )
    assert found == [(15, 13, 0.535714), (6, 4, 0.6), (5, 5, 0.5), (1, 3, 0.25)]  # all, older, working_age, younger


def test_a_list_without_a_licence_stays_out_of_the_package_and_in_the_pack(
    derived: Path, script: ModuleType, source: Path, tmp_path: Path
) -> None:
    own = "(select list_id from read_csv('" + str(script.PACKAGE_DATA / "own_lists.csv") + "', all_varchar = true))"
    others = f"list_id not in {own} and not regexp_matches(list_id, '^(acsc|falls|external|readmission|end_stage)')"
    query = "select list_id, code, term, licence_group from {} where " + others + " order by all"
    assert rows(derived, query, "codes") == [
        ("asthma", "0001", "A", "B"),
        ("asthma", "2", "B", "B"),
        ("asthma.icd10", "J45", None, "A"),  # the WHO's terms are not ours to ship
    ]
    listed = dict(rows(derived, "select list_id, shipped from {} where " + others, "codelists"))
    assert listed == {
        "asthma": True,
        "asthma.icd10": True,
        "pain": False,
        "efi.falls": False,
    }
    assert script.write_pack(source, tmp_path) == 2  # the retired terminologies are not packed
    assert {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()} == {
        "efi.falls.csv": "code,term,system\n4,D,snomedct\n",
        "pain.csv": "code,term,system\n3,C,snomedct\n",
    }


def test_codes_of_stays_are_sorted_into_lists_by_what_a_stay_must_show(derived: Path) -> None:
    query = (
        "select list_id, code from {} where system = 'icd10' and regexp_matches(list_id, '^(acsc_|falls)') order by all"
    )
    assert rows(derived, query, "codes") == [
        ("acsc_nhs_institute.acute_bronchitis", "J20"),
        ("acsc_nhs_institute.any", "R02"),
        ("acsc_nhs_institute.cellulitis", "L03"),  # its procedures stand in the definition
        ("acsc_nhs_institute.primary", "J45"),
        ("acsc_urgent.falls", "W0"),  # W00 to W19
        ("acsc_urgent.falls", "W1"),
        ("falls.injury", "S"),  # S00 to T98
        ("falls.injury", "T"),
    ]
    known = dict(rows(derived, "select list_id, version from {} where role = 'stay'", "codelists"))
    assert (known["acsc_urgent.falls"], known["falls.injury"]) == ("recalled", "verified")


def test_weights_of_diagnoses_are_one_table_by_variant(derived: Path) -> None:
    assert rows(derived, "select * from {} order by all", "diagnosis_scores") == [
        ("charlson_shmi", "aids_hiv", "B20", 2.0),
        ("elixhauser_swiss", "weight_loss", "R634", 7.0),
        ("elixhauser_van_walraven", "weight_loss", "R634", 6.0),
        ("hfrs", "F00", "F00", 7.1),
    ]


def test_a_licence_that_nobody_sorted_stops_the_derivation(script: ModuleType, source: Path, tmp_path: Path) -> None:
    strange = tmp_path / "clinical" / "codelists"
    strange.mkdir(parents=True)
    index = (source / "clinical/codelists/_index.csv").read_text(encoding="utf-8")
    (strange / "_index.csv").write_text(index.replace("no licence file seen in repo", "ask Bob"), encoding="utf-8")
    for name in ("efi_deficits.csv", "acsc_icd10.csv", "falls_icd10.csv"):
        (strange.parent / name).write_text(CSV[f"clinical/{name}"], encoding="utf-8")
    catalogue = script.read_catalogue()
    entry = catalogue["tables"]["codelists"]
    with pytest.raises(DataError, match="ask Bob"):
        script.derive(entry["query"], entry["from"], tmp_path, catalogue["views"])


def test_lists_of_a_condition_become_lists(derived: Path) -> None:
    found = rows(derived, "select pcd_clusters, codelists, qof_min_age, qof_max_age from {}", "conditions")
    assert found == [(["A_COD", "B_COD"], ["asthma", "other"], 6, None)]


def test_the_same_source_gives_the_same_bytes(derived: Path, script: ModuleType, source: Path, tmp_path: Path) -> None:
    script.derive_all(source, tmp_path, say=lambda line: None)
    files = sorted(path.name for path in derived.iterdir())
    assert files == sorted(path.name for path in tmp_path.iterdir())
    assert all((derived / name).read_bytes() == (tmp_path / name).read_bytes() for name in files)


def test_a_query_sees_only_the_files_that_its_table_names(script: ModuleType, source: Path) -> None:
    with pytest.raises(DataError, match="lsoa21"):
        script.derive("select * from lsoa21", ["open/icb_sicbl24.csv"], source)


def test_a_folder_that_lacks_files_is_refused_before_anything_is_written(
    script: ModuleType, source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(UsageError, match=r"open/lsoa21\.csv\.gz") as error:
        script.derive_all(tmp_path, tmp_path / "out", say=lambda line: None)
    assert "open/ and clinical/" in error.value.expected
    assert not (tmp_path / "out").exists()
    assert script.main([str(tmp_path), "--out", str(tmp_path / "out")]) == 2
    assert "to do:" in capsys.readouterr().err


def test_the_command_says_what_it_wrote(
    script: ModuleType, source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, pack = tmp_path / "out", tmp_path / "pack"
    assert script.main([str(source), "--out", str(out), "--pack", str(pack)]) == 0
    text = capsys.readouterr().out
    assert f"tables written to {out}" in text
    assert f"2 codes without a licence written to {pack}" in text
    assert not list(out.glob("*.part"))


def test_the_published_margins_are_one_long_table(derived: Path) -> None:
    found = rows(derived, 'select topic, measure, "group", value from {}', "published_margins")
    assert ("emergency_admissions", "67+", "5", 250.0) in found
    assert ("qof_by_decile", "HYP", "1", 0.14) in found
    assert {topic for topic, *_ in found} == {
        "activity", "frailty", "multimorbidity", "segments", "qof", "qof_by_decile", "emergency_admissions",
    }  # fmt: skip


def test_tables_for_made_up_people_take_the_rows_they_say(derived: Path) -> None:
    assert rows(derived, "select age, sex, mx from {}", "life_table_england") == [(0, "male", 0.004)]
    assert rows(derived, "select * from {}", "qof_practice") == [("A1", "DM", 0.07)]
    assert rows(derived, "select * from {}", "ae_monthly") == [("2024-01", 2, 150, 20)]
    assert rows(derived, "select msoa21, residents_5_plus, hours_50_plus from {}", "unpaid_care_msoa21") == [
        ("E02", 100, 0)
    ]


def test_a_border_is_found_once_with_the_areas_on_both_sides(derived: Path) -> None:
    found = rows(
        derived, "select a, b, points, round(metres / 1000) from {} order by 1, 2 nulls last", "lsoa21_borders"
    )
    pairs = [(a, b) for a, b, _, _ in found]
    assert pairs == [
        ("E01A", "E01S1"),
        ("E01A", None),
        ("E01M", None),
        ("E01S1", "E01S2"),
        ("E01S1", None),
        ("E01S2", None),
    ]
    assert found[0][2:] == ([10_000, 0, 0, 10_000], 111)  # from 1, 0 a degree north: 111 km
    assert found[1][2] == [10_000, 10_000, -10_000, 0, 0, -10_000, 10_000, 0]  # round the other three sides


def test_a_spike_is_no_border(derived: Path) -> None:
    ((points,),) = rows(derived, "select points from {} where a = 'E01S2'", "lsoa21_borders")
    assert points == [20_000, 10_000, 0, 10_000, -10_000, 0, 0, -10_000]


def test_a_suppressed_measure_of_need_stays_blank(derived: Path) -> None:
    query = "select lsoa21, illness_and_disability, disabled, asked_about_disability from {} order by 1"
    assert rows(derived, query, "need_lsoa21") == [("E01A", 180.0, 20, 100)]


def test_candidate_sites_leave_out_vans_and_practices_without_a_place(derived: Path) -> None:
    query = "select kind, site, name, lsoa21, hours_per_week from {} order by 1"
    assert rows(derived, query, "sites") == [
        ("hospital", "H0001", "Vale", "E01M", None),
        ("library", "L0001", "Town", "E01A", 40.0),
        ("practice", "A1", "One", "E01A", None),
    ]
