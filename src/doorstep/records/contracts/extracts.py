"""The extract files that the shipped profiles read, as they arrive: file names and columns.

Field names follow public NHS code and data dictionaries where they were seen there (`seen`), and are this project's
own where no published layout exists (`ours`). A file may have more columns, fewer optional ones, and any order.
`{key}` stands for the person key column of the way the data came: `Der_Pseudo_NHS_Number` de-identified,
`NHS_Number` identifiable.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Layout:
    """One extract file of a profile: a stem that its file name starts with, its columns, and what they stand on."""

    profile: str
    stem: str
    columns: tuple[str, ...]
    status: str = "seen"


def _c(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_LAYOUTS = (
    # SUS+ and ECDS as served to ICBs.
    Layout(
        "sus_plus",
        "APCS",
        _c(
            "APCS_Ident Der_Spell_ID {key} Der_Provider_Code Admission_Date Discharge_Date Admission_Method "
            "Discharge_Method Patient_Classification Der_Admit_Treatment_Function_Code "
            "Der_Dischg_Treatment_Function_Code Der_Spell_LoS Der_Diagnosis_All Der_Procedure_All Der_Activity_Month "
            "Der_Dupe_Flag Ethnic_Group Der_Postcode_LSOA_2011_Code GP_Practice_Code"
        ),
    ),
    Layout(
        "sus_plus",
        "OPA",
        _c(
            "OPA_Ident {key} Der_Provider_Code Appointment_Date Attendance_Status First_Attendance Main_Specialty_Code "
            "Treatment_Function_Code Operation_Status Der_Number_Procedure Der_Procedure_All Der_Activity_Month "
            "Der_Dupe_Flag Ethnic_Group Der_Postcode_LSOA_2011_Code GP_Practice_Code"
        ),
    ),
    Layout(
        "sus_plus",
        "EC",
        _c(
            "EC_Ident {key} Der_Provider_Code Arrival_Date Arrival_Time EC_Department_Type EC_AttendanceCategory "
            "EC_Arrival_Mode_SNOMED_CT EC_Acuity_SNOMED_CT EC_Discharge_Status_SNOMED_CT Der_Activity_Month "
            "Der_Dupe_Flag Ethnic_Group Der_Postcode_LSOA_2011_Code GP_Practice_Code"
        ),
    ),
    # The raw commissioning data sets: one row per episode; data dictionary element names, upper snake case.
    Layout(
        "sus_raw",
        "CDS_APC",
        _c(
            "HOSPITAL_PROVIDER_SPELL_IDENTIFIER EPISODE_NUMBER {key} ORGANISATION_IDENTIFIER_CODE_OF_PROVIDER "
            "START_DATE_HOSPITAL_PROVIDER_SPELL DISCHARGE_DATE_HOSPITAL_PROVIDER_SPELL "
            "START_DATE_EPISODE END_DATE_EPISODE LAST_EPISODE_IN_SPELL_INDICATOR_CODE "
            "ADMISSION_METHOD_CODE_HOSPITAL_PROVIDER_SPELL DISCHARGE_METHOD_CODE_HOSPITAL_PROVIDER_SPELL "
            "PATIENT_CLASSIFICATION_CODE ACTIVITY_TREATMENT_FUNCTION_CODE PRIMARY_DIAGNOSIS_ICD "
            "SECONDARY_DIAGNOSIS_ICD PRIMARY_PROCEDURE_OPCS SECONDARY_PROCEDURE_OPCS ETHNIC_CATEGORY "
            "POSTCODE_OF_USUAL_ADDRESS LSOA_OF_RESIDENCE GENERAL_MEDICAL_PRACTICE_CODE_PATIENT_REGISTRATION"
        ),
    ),
    Layout(
        "sus_raw",
        "CDS_OPA",
        _c(
            "ATTENDANCE_IDENTIFIER {key} ORGANISATION_IDENTIFIER_CODE_OF_PROVIDER APPOINTMENT_DATE "
            "ATTENDED_OR_DID_NOT_ATTEND_CODE FIRST_ATTENDANCE_CODE MAIN_SPECIALTY_CODE "
            "ACTIVITY_TREATMENT_FUNCTION_CODE PRIMARY_PROCEDURE_OPCS SECONDARY_PROCEDURE_OPCS ETHNIC_CATEGORY "
            "POSTCODE_OF_USUAL_ADDRESS "
            "LSOA_OF_RESIDENCE GENERAL_MEDICAL_PRACTICE_CODE_PATIENT_REGISTRATION"
        ),
    ),
    Layout(
        "sus_raw",
        "CDS_EC",
        _c(
            "EMERGENCY_CARE_ATTENDANCE_IDENTIFIER {key} ORGANISATION_IDENTIFIER_CODE_OF_PROVIDER "
            "EMERGENCY_CARE_ARRIVAL_DATE EMERGENCY_CARE_ARRIVAL_TIME EMERGENCY_CARE_DEPARTMENT_TYPE "
            "EMERGENCY_CARE_ATTENDANCE_CATEGORY EMERGENCY_CARE_ARRIVAL_MODE_SNOMED_CT EMERGENCY_CARE_ACUITY_SNOMED_CT "
            "EMERGENCY_CARE_DISCHARGE_STATUS_SNOMED_CT ETHNIC_CATEGORY POSTCODE_OF_USUAL_ADDRESS LSOA_OF_RESIDENCE "
            "GENERAL_MEDICAL_PRACTICE_CODE_PATIENT_REGISTRATION"
        ),
    ),
    # CSDS. The contact has only Person_ID; the master patient index carries the key.
    Layout(
        "csds",
        "CYP001MPI",
        _c(
            "Person_ID {key} Person_BirthDate Gender EthnicCategory LSOA Person_Death_Date OrgID_Provider "
            "UniqueSubmissionID Unique_MonthID Effective_From"
        ),
    ),
    Layout("csds", "CYP002GP", _c("Person_ID OrgID_GP_Practice OrgID_Provider UniqueSubmissionID Unique_MonthID")),
    Layout(
        "csds",
        "CYP101Referral",
        _c(
            "Person_ID UniqueServiceRequestID Referral_ReceivedDate OrgID_Provider UniqueSubmissionID Unique_MonthID "
            "Effective_From"
        ),
    ),
    Layout(
        "csds",
        "CYP201CareContact",
        _c(
            "Person_ID UniqueServiceRequestID UniqueCareContactID Contact_Date AttendanceStatus UniqueSubmissionID "
            "Unique_MonthID Effective_From OrgID_Provider"
        ),
    ),
    # EMIS-shaped bulk extract. In a de-identified feed Admin_Patient has the sender's key instead of names and number.
    Layout(
        "emis",
        "Admin_Patient",
        _c(
            "PatientGuid OrganisationCode {key} Surname GivenName DateOfBirth Sex EthnicCategory Postcode LSOA "
            "ResidentFrom DateOfRegistration DateOfDeactivation DateOfDeath Deleted ProcessingId"
        ),
    ),
    Layout(
        "emis", "Admin_UserInRole", _c("UserInRoleGuid OrganisationCode JobCategoryCode JobCategoryName ProcessingId")
    ),
    Layout("emis", "Coding_ClinicalCode", _c("CodeId SnomedCTConceptId Term ProcessingId")),
    Layout("emis", "Coding_DrugCode", _c("CodeId DmdProductCodeId Term ProcessingId")),
    Layout(
        "emis",
        "CareRecord_Observation",
        _c(
            "ObservationGuid PatientGuid OrganisationCode EffectiveDate CodeId Value ConsultationGuid Deleted "
            "ProcessingId"
        ),
    ),
    Layout(
        "emis",
        "CareRecord_Consultation",
        _c("ConsultationGuid PatientGuid OrganisationCode EffectiveDate UserInRoleGuid Deleted ProcessingId"),
    ),
    Layout(
        "emis",
        "Prescribing_DrugRecord",
        _c("DrugRecordGuid PatientGuid OrganisationCode CodeId EffectiveDate IsActive Deleted ProcessingId"),
    ),
    Layout(
        "emis",
        "Prescribing_IssueRecord",
        _c("IssueRecordGuid DrugRecordGuid PatientGuid OrganisationCode CodeId EffectiveDate Deleted ProcessingId"),
    ),
    Layout(
        "emis",
        "Appointment_Session",
        _c(
            "AppointmentSessionGuid OrganisationCode StartDate SessionTypeDescription LocationType Deleted ProcessingId"
        ),
    ),
    Layout("emis", "Appointment_SessionUser", _c("AppointmentSessionGuid UserInRoleGuid Deleted ProcessingId")),
    Layout(
        "emis",
        "Appointment_Slot",
        _c(
            "SlotGuid OrganisationCode AppointmentDate AppointmentStartTime PlannedDurationInMinutes PatientGuid "
            "SendInTime LeftTime DidNotAttend SessionGuid Deleted ProcessingId"
        ),
    ),
    # Flat appointments and the NNHIP data set (guide, table 3): no national file layout exists.
    Layout(
        "appointments_flat",
        "appointments",
        _c(
            "appointment_id {key} practice_code appointment_date appointment_status sds_role_group service_setting "
            "national_category appointment_mode"
        ),
        "ours",
    ),
    Layout(
        "nnhip",
        "cohort",
        _c(
            "{key} birth_date age gender ethnic_category lsoa21 resident_from practice_code registered_from "
            "registered_to died_on cohort_name risk_score identified_on identified_by left_on left_reason"
        ),
        "ours",
    ),
    Layout("nnhip", "nnhip_contacts", _c("contact_id {key} contact_date contact_type attended"), "ours"),
    Layout("nnhip", "caseload", _c("case_id {key} opened_on closed_on closed_reason nnhip"), "ours"),
)

# stem -> layout; the stem is what a file name begins with (`APCS_2026-07.csv.gz` is APCS).
LAYOUTS: dict[str, Layout] = {layout.stem: layout for layout in _LAYOUTS}
